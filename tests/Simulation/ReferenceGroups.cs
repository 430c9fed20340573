using PushGateway.Push;

namespace PushGateway.Simulation;

/// <summary>
/// The groups as a Pushgateway would hold them, by applying the pushes one after the other: in the order of their times, and in that of
/// storing them across a step of the clock that leaves the group's last push further ahead than a clock may be.
/// </summary>
internal sealed class ReferenceGroups
{
    private readonly Dictionary<string, Pushes> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedPush> _last = new(StringComparer.Ordinal);

    /// <summary>Takes pushes in the order in which they were stored.</summary>
    public ReferenceGroups(IEnumerable<SimulatedPush> pushes)
    {
        foreach (var push in pushes)
        {
            if (push.Group is not null)
            {
                _groups.TryAdd(push.Group, new Pushes());
            }

            IEnumerable<string> paths = push.Selectors.Count > 0 ? _groups.Keys : push.Group is null ? [] : [push.Group];
            foreach (var path in paths)
            {
                _groups[path].Add(push);
            }
        }

        foreach (var group in _groups.Values)
        {
            Apply(group.InOrder);
        }
    }

    /// <summary>Series that belonged to a group at some time, each with the last push that brought it or ended it.</summary>
    public IReadOnlyDictionary<string, SimulatedPush> Last => _last;

    /// <summary>Series that a group has, once every time to live has passed.</summary>
    public HashSet<string> Live { get; } = new(StringComparer.Ordinal);

    private void Apply(IReadOnlyList<SimulatedPush> pushes)
    {
        var families = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var push in pushes)
        {
            var pushed = push.Expected.Select(sample => sample.Series).ToLookup(FamilyOf);
            var ended = families.Keys.Where(family => push.Operation != PushOperation.Merge || pushed.Contains(family)).ToList();
            foreach (var series in ended.SelectMany(family => families[family]).Concat(pushed.SelectMany(series => series)))
            {
                _last[series] = push;
            }

            ended.ForEach(family => families.Remove(family));
            foreach (var family in pushed)
            {
                families[family.Key] = [.. family];
            }
        }

        if (pushes.LastOrDefault(push => push.Group is not null)?.TimeToLive is null)
        {
            Live.UnionWith(families.Values.SelectMany(series => series));
        }
    }

    private static string FamilyOf(string series) => series.Split(' ')[0];

    private sealed class Pushes
    {
        private readonly List<SimulatedPush> _inOrder = [];
        private int _broughtBack;
        private long _latestNs = long.MinValue;

        public IReadOnlyList<SimulatedPush> InOrder => _inOrder;

        public void Add(SimulatedPush push)
        {
            if (_latestNs > push.ClockNs + PushClock.MaxLeadNs)
            {
                (_broughtBack, _latestNs) = (_inOrder.Count, long.MinValue);
            }

            var index = _inOrder.Count;
            while (index > _broughtBack && _inOrder[index - 1].PushTimeNs > push.PushTimeNs)
            {
                index--;
            }

            _inOrder.Insert(index, push);
            _latestNs = Math.Max(_latestNs, push.PushTimeNs);
        }
    }
}
