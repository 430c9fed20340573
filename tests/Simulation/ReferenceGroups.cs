using PushGateway.Push;

namespace PushGateway.Simulation;

/// <summary>The groups as a Pushgateway would hold them, by applying the pushes one after the other.</summary>
internal sealed class ReferenceGroups
{
    private readonly Dictionary<string, Dictionary<string, HashSet<string>>> _groups = new(StringComparer.Ordinal);

    private readonly HashSet<string> _mortal = new(StringComparer.Ordinal);

    /// <summary>Series that belonged to a group at some time.</summary>
    public HashSet<string> Ever { get; } = new(StringComparer.Ordinal);

    /// <summary>Series that a group has, once every time to live has passed.</summary>
    public HashSet<string> Live => [.. _groups.Where(group => !_mortal.Contains(group.Key)).Select(group => group.Value).SelectMany(families => families.Values.SelectMany(series => series))];

    public void Apply(SimulatedPush push)
    {
        if (push.Selectors.Count > 0)
        {
            _groups.Clear();
            return;
        }

        if (push.Group is null)
        {
            return;
        }

        _mortal.Remove(push.Group);
        if (push.TimeToLive is not null)
        {
            _mortal.Add(push.Group);
        }

        if (push.Operation is PushOperation.Delete or PushOperation.Replace)
        {
            _groups.Remove(push.Group);
        }

        if (push.Operation != PushOperation.Delete)
        {
            if (!_groups.TryGetValue(push.Group, out var families))
            {
                _groups.Add(push.Group, families = []);
            }

            foreach (var family in push.Expected.GroupBy(sample => sample.Series.Split(' ')[0]))
            {
                families[family.Key] = [.. family.Select(sample => sample.Series)];
                Ever.UnionWith(families[family.Key]);
            }
        }
    }
}
