using System.Runtime.InteropServices;
using PushGateway.Exposition;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Groups;

/// <summary>
/// The group store in memory, and the working set of durable ones: those take what has changed with <see cref="TakeChanges"/>,
/// write it as rows, and give the rows back to <see cref="Load"/> after a restart. Safe for concurrent use.
/// </summary>
/// <remarks>A push costs in proportion to its own series; how many groups and series are held does not matter.</remarks>
public sealed class MemoryGroupStore : IGroupStore
{
    private readonly Lock _lock = new();
    private readonly GroupStoreOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly bool _tracksChanges;

    private readonly Dictionary<string, GroupState> _groups = [];
    private readonly Dictionary<byte[], UngroupedSeries> _ungrouped = new(ByteArrayComparer.Instance);
    private readonly Dictionary<byte[], UngroupedSeries>.AlternateLookup<ReadOnlySpan<byte>> _ungroupedLookup;
    private readonly BlobPool _headers = new();
    private readonly PushedFamilyWriter _families;
    private readonly BlobWriter _scratch = new();
    private readonly BlobWriter _joinScratch = new();
    private List<StateEntry> _changed = [];
    private List<long> _removed = [];
    private long _nextId = 1;
    private int _groupsShown;

    /// <summary>Creates an empty store.</summary>
    /// <param name="options">How long to remember.</param>
    /// <param name="timeProvider">The clock by which ungrouped series expire.</param>
    /// <param name="tracksChanges">Whether someone calls <see cref="TakeChanges"/>.</param>
    public MemoryGroupStore(GroupStoreOptions options, TimeProvider timeProvider, bool tracksChanges = false)
    {
        _options = options;
        _timeProvider = timeProvider;
        _tracksChanges = tracksChanges;
        _families = new PushedFamilyWriter(_headers);
        _ungroupedLookup = _ungrouped.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <inheritdoc/>
    public ValueTask ApplyAsync(IReadOnlyList<BatchedPush> pushes, GroupEffects effects, CancellationToken cancellationToken)
    {
        for (var i = 0; i < pushes.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Apply(pushes[i], effects, i);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ConfirmAsync(IReadOnlyList<BatchedPush> pushes, IReadOnlyList<DueMarker> delivered, CancellationToken cancellationToken)
    {
        Confirm(pushes, delivered);
        return ValueTask.CompletedTask;
    }

    /// <summary>The sink has stale markers, as <see cref="IGroupStore.ConfirmAsync"/> says.</summary>
    public void Confirm(IReadOnlyList<BatchedPush> pushes, IReadOnlyList<DueMarker> delivered)
    {
        var markers = new DeliveredMarkers(delivered);
        lock (_lock)
        {
            foreach (var group in delivered.Select(series => series.Push).Distinct().SelectMany(push => Find(pushes[push].Header)))
            {
                if (group.Confirm(markers))
                {
                    Changed(group);
                }
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(GroupReading destination, CancellationToken cancellationToken)
    {
        Read(destination, cancellationToken);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PushHeader>> FindExpiredAsync(CancellationToken cancellationToken)
    {
        var now = Nanoseconds(_timeProvider.GetUtcNow());
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<PushHeader>>(
                [.. _groups.Values.Where(group => group.ExpiresAtNs <= now).Select(group => group.Expiry())]);
        }
    }

    /// <summary>Applies one push.</summary>
    /// <param name="push">The push.</param>
    /// <param name="effects">Takes what it leads to.</param>
    /// <param name="index">Its index in the effects.</param>
    public void Apply(in BatchedPush push, GroupEffects effects, int index = 0)
    {
        lock (_lock)
        {
            if (effects.WereApplied)
            {
                foreach (var held in Find(push.Header))
                {
                    held.ReadEnded(push.Header.PushTimeNs, index, effects);
                }

                return;
            }

            switch (push.Header)
            {
                case { Group: { } group }:
                    ApplyToGroup(push, group.Path, effects, index);
                    break;
                case { Selector: not null }:
                    ApplyToSelected(push.Header, effects, index);
                    break;
                default:
                    ApplyUngrouped(push);
                    break;
            }
        }
    }

    /// <summary>Whether the store has no room for a push now: the reason for which <see cref="Apply"/> would refuse it.</summary>
    public PushError? Check(in BatchedPush push)
    {
        if (push.Header.Group is not { } key || !push.Header.PushesToGroup)
        {
            return null;
        }

        lock (_lock)
        {
            var group = _groups.GetValueOrDefault(key.Path);
            var most = (group?.SeriesCount ?? 0) + push.End.Series - push.Start.Series;
            if (most <= _options.MaxSeriesPerGroup && (group is { IsEmpty: false } || _groupsShown < _options.MaxGroups))
            {
                return null;
            }

            _families.Encode(push);
            return FindRefusal(push.Header, group);
        }
    }

    /// <summary>Appends what is held, as <see cref="IGroupStore.ReadAsync"/> says.</summary>
    /// <remarks>
    /// Of a group, families come by name and series by their encoded names and labels; so do the ungrouped series. A group is read at one
    /// instant; pushes may be applied between two groups.
    /// </remarks>
    public void Read(GroupReading destination, CancellationToken cancellationToken = default)
    {
        GroupState[] groups;
        lock (_lock)
        {
            groups = [.. _groups.Values];
        }

        Array.Sort(groups, static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        foreach (var group in groups)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lock (_lock)
            {
                group.ReadInto(destination);
            }
        }

        ReadUngrouped(destination.Batch);
    }

    /// <summary>Forgets ungrouped series and deleted groups that have had their time.</summary>
    public void Purge(DateTimeOffset now)
    {
        var expired = Nanoseconds(now - _options.UngroupedHold);
        var forgotten = Nanoseconds(now - _options.TombstoneRetention);
        lock (_lock)
        {
            foreach (var (path, group) in _groups)
            {
                if (group.IsTombstoneOf(forgotten))
                {
                    _groups.Remove(path);
                    Removed(group);
                }
            }

            ForgetUngrouped(expired);
        }
    }

    /// <summary>Takes note of what has changed; it is no longer counted as changed afterwards.</summary>
    public GroupStateChanges TakeChanges()
    {
        lock (_lock)
        {
            var changes = new GroupStateChanges(_changed, _removed);
            (_changed, _removed) = ([], []);
            foreach (var entry in changes.Changed)
            {
                entry.Changed = false;
            }

            return changes;
        }
    }

    /// <summary>Writes every changed entry once, as it is now. The store may go on changing meanwhile.</summary>
    public void Write(GroupStateChanges changes, IGroupStateWriter writer)
    {
        var row = new BlobWriter();
        foreach (var entry in changes.Changed)
        {
            row.Clear();
            lock (_lock)
            {
                entry.WriteRow(row);
            }

            writer.Put(entry.Id, row.Written);
        }

        foreach (var id in changes.Removed)
        {
            writer.Remove(id);
        }
    }

    /// <summary>Takes changes back that could not be stored.</summary>
    public void Restore(GroupStateChanges changes)
    {
        lock (_lock)
        {
            changes.Changed.ForEach(Changed);
            _removed.AddRange(changes.Removed);
        }
    }

    /// <summary>Takes a row that was written before a restart, before the first push is applied.</summary>
    /// <exception cref="InvalidDataException">The row is not one of this store's.</exception>
    public void Load(long id, ReadOnlySpan<byte> row)
    {
        lock (_lock)
        {
            var reader = new BlobReader(row);
            switch (reader.ReadByte())
            {
                case GroupState.RowKind:
                    var group = GroupState.ReadRow(id, reader, _headers);
                    _groups[group.Path] = group;
                    _groupsShown += group.IsEmpty ? 0 : 1;
                    break;
                case UngroupedSeries.RowKind:
                    var series = UngroupedSeries.ReadRow(id, reader, _headers);
                    _ungrouped[series.Key] = series;
                    break;
                default:
                    throw new InvalidDataException("stored state of an unknown kind");
            }

            _nextId = Math.Max(_nextId, id + 1);
        }
    }

    private static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private void ApplyToGroup(in BatchedPush push, string path, GroupEffects effects, int index)
    {
        var isNew = !_groups.TryGetValue(path, out var group);
        if (push.Header.Operation is not (PushOperation.Delete or PushOperation.Expire))
        {
            _families.Encode(push);
            if (FindRefusal(push.Header, group) is { } refusal)
            {
                effects.Refuse(index, refusal);
                return;
            }
        }

        group ??= new GroupState(_nextId++, path);
        if (isNew)
        {
            _groups.Add(path, group);
        }

        ApplyTo(group, push.Header, effects, index);
    }

    private void ApplyToSelected(PushHeader delete, GroupEffects effects, int index)
    {
        foreach (var group in Find(delete))
        {
            ApplyTo(group, delete, effects, index);
        }

        if (delete.Selector!.Matchers.IsEmpty)
        {
            ForgetUngrouped(delete.PushTimeNs);
        }
    }

    private void ApplyTo(GroupState group, PushHeader push, GroupEffects effects, int index)
    {
        var wasEmpty = group.IsEmpty;
        if (group.Apply(push, _families, effects.TellsSink, _joinScratch, _headers))
        {
            Changed(group);
            _groupsShown += (wasEmpty ? 1 : 0) - (group.IsEmpty ? 1 : 0);
        }

        group.ReadEnded(push.PushTimeNs, index, effects);
    }

    // The groups that a push concerns, of those that there are.
    private IEnumerable<GroupState> Find(PushHeader push)
    {
        if (push.Selector is { } selector)
        {
            return _groups.Values.Where(group => selector.Matches(group.Key));
        }

        return push.Group is { } key && _groups.TryGetValue(key.Path, out var group) ? [group] : [];
    }

    // Why there is no room for what has been encoded. A push that makes no group larger than it is always has it.
    private PushError? FindRefusal(PushHeader push, GroupState? group)
    {
        if (group is null or { IsEmpty: true } && _options.CheckGroups(_groupsShown) is { } tooMany)
        {
            return tooMany;
        }

        return (group ?? new GroupState(id: 0, push.Group!.Path)).FindRefusal(push, _families, _options);
    }

    private void ApplyUngrouped(in BatchedPush push)
    {
        var batch = push.Batch;
        var family = -1;
        byte[] header = [];
        UngroupedSeries? before = null;
        for (var i = push.Start.Series; i < push.End.Series; i++)
        {
            ref readonly var series = ref batch.Series[i];
            if (series.SampleCount == 0)
            {
                continue;
            }

            if (series.Family != family)
            {
                family = series.Family;
                _scratch.Clear();
                FamilyHeader.Write(_scratch, batch, batch.Families[family]);
                header = _headers.Intern(_scratch.Written);
            }

            _scratch.Clear();
            SeriesKey.Write(_scratch, batch, series);
            var held = FindOrAddUngrouped(_scratch.Written, before?.Next);
            before?.IsFollowedBy(held);
            before = held;

            var last = new HeldSample(SampleOrder.Last(batch.SamplesOf(series), batch.Symbols), batch.Symbols);
            if (held.Set(push.Header.PushTimeNs, last, header, _joinScratch, _headers))
            {
                Changed(held);
            }
        }
    }

    // A sender's series come in one order, push after push.
    private UngroupedSeries FindOrAddUngrouped(ReadOnlySpan<byte> key, UngroupedSeries? expected)
    {
        if (expected is { IsForgotten: false } && key.SequenceEqual(expected.Key))
        {
            return expected;
        }

        if (!_ungroupedLookup.TryGetValue(key, out var held))
        {
            held = new UngroupedSeries(_nextId++, key.ToArray());
            _ungrouped.Add(held.Key, held);
        }

        return held;
    }

    private void ForgetUngrouped(long pushedUntilNs)
    {
        foreach (var (key, series) in _ungrouped)
        {
            if (series.PushTimeNs <= pushedUntilNs)
            {
                _ungrouped.Remove(key);
                series.Forget();
                Removed(series);
            }
        }
    }

    private void ReadUngrouped(MetricBatch destination)
    {
        var held = TakeUngrouped();
        if (held.Count == 0)
        {
            return;
        }

        held.Sort(CompareUngrouped);
        destination.BeginPush();
        for (var rest = CollectionsMarshal.AsSpan(held); !rest.IsEmpty;)
        {
            var count = 1;
            while (count < rest.Length && FamilyHeader.Name(rest[count].Header).SequenceEqual(FamilyHeader.Name(rest[0].Header)))
            {
                count++;
            }

            ReadFamily(destination, rest[..count]);
            rest = rest[count..];
        }
    }

    private List<HeldSeries> TakeUngrouped()
    {
        var expired = Nanoseconds(_timeProvider.GetUtcNow() - _options.UngroupedHold);
        lock (_lock)
        {
            var held = new List<HeldSeries>(_ungrouped.Count);
            foreach (var series in _ungrouped.Values)
            {
                if (series.PushTimeNs > expired)
                {
                    held.Add(new HeldSeries(series.Header, series.Key, series.Sample, series.Histogram, series.PushTimeNs));
                }
            }

            return held;
        }
    }

    // Series of one family that were pushed apart may disagree about its type and help: the latest push is right.
    private static void ReadFamily(MetricBatch destination, ReadOnlySpan<HeldSeries> family)
    {
        var latest = family[0];
        foreach (ref readonly var series in family[1..])
        {
            var order = series.PushTimeNs.CompareTo(latest.PushTimeNs);
            latest = order > 0 || (order == 0 && series.Header.AsSpan().SequenceCompareTo(latest.Header) > 0) ? series : latest;
        }

        var index = FamilyHeader.AddTo(destination, latest.Header);
        foreach (ref readonly var series in family)
        {
            SeriesKey.AddTo(destination, index, series.Key, new HeldSample(series.Sample, series.Histogram).In(destination.Symbols));
        }
    }

    private static int CompareUngrouped(HeldSeries a, HeldSeries b)
    {
        var order = FamilyHeader.Name(a.Header).SequenceCompareTo(FamilyHeader.Name(b.Header));
        return order != 0 ? order : a.Key.AsSpan().SequenceCompareTo(b.Key);
    }

    private void Changed(StateEntry entry)
    {
        if (_tracksChanges && !entry.Changed)
        {
            entry.Changed = true;
            _changed.Add(entry);
        }
    }

    private void Removed(StateEntry entry)
    {
        if (_tracksChanges)
        {
            _removed.Add(entry.Id);
        }
    }

    private readonly record struct HeldSeries(byte[] Header, byte[] Key, Sample Sample, byte[] Histogram, long PushTimeNs);
}
