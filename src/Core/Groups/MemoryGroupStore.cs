using System.Collections.Concurrent;
using PushGateway.Exposition;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>
/// The group store in memory, and the working set of durable ones: those take what has changed with <see cref="TakeChanges"/>,
/// write it as rows, and give the rows back to <see cref="Load"/> after a restart. Safe for concurrent use.
/// </summary>
/// <remarks>
/// A push costs in proportion to its own series; how many groups and series are held does not matter. Each group has its own lock, which
/// is the group itself, and the ungrouped series have one. Nobody holds two of these at a time; inside one, only the locks of the changes
/// and of the shared headers are taken, for a moment and nothing within them.
/// </remarks>
public sealed class MemoryGroupStore : IGroupStore
{
    private readonly GroupStoreOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ConcurrentDictionary<string, GroupState> _groups = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<GroupWorkspace> _workspaces = [];
    private readonly BlobPool _headers = new();
    private readonly ChangeLog _changes;
    private readonly UngroupedStore _ungrouped;
    private readonly GroupPlaces _places;
    private readonly MetricBatch _scratch = new();

    /// <summary>Creates an empty store.</summary>
    /// <param name="options">How much to hold, and for how long.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="tracksChanges">Whether someone calls <see cref="TakeChanges"/>.</param>
    public MemoryGroupStore(GroupStoreOptions options, TimeProvider timeProvider, bool tracksChanges = false)
    {
        _options = options;
        _timeProvider = timeProvider;
        _changes = new ChangeLog(tracksChanges);
        _ungrouped = new UngroupedStore(options, _changes, _headers);
        _places = new GroupPlaces(options.MaxGroups);
    }

    private long NowNs => Nanoseconds(_timeProvider.GetUtcNow());

    /// <inheritdoc/>
    public ValueTask ApplyAsync(IReadOnlyList<BatchedPush> pushes, GroupEffects effects, CancellationToken cancellationToken)
    {
        var owners = new Dictionary<(GroupState Group, long PushTimeNs), int>();
        var selectors = new List<(GroupSelector Selector, int Push)>();
        for (var i = 0; i < pushes.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (pushes[i].Header.Selector is not { } selector)
            {
                Apply(pushes[i], effects, i, owners);
                continue;
            }

            // The selectors of one delete, which have one time: each group is looked at once.
            selectors.Add((selector, i));
            if (i + 1 == pushes.Count || pushes[i + 1].Header is not { Selector: not null } next || next.PushTimeNs != pushes[i].Header.PushTimeNs)
            {
                ApplyToSelected(pushes[i].Header, selectors, effects, owners);
                selectors.Clear();
            }
        }

        Tell(owners, effects);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ConfirmAsync(IReadOnlyList<DueMarker> delivered, CancellationToken cancellationToken)
    {
        Confirm(delivered);
        return ValueTask.CompletedTask;
    }

    /// <summary>The sink has stale markers, as <see cref="IGroupStore.ConfirmAsync"/> says.</summary>
    public void Confirm(IReadOnlyList<DueMarker> delivered)
    {
        foreach (var markers in DeliveredMarkers.ByGroup(delivered))
        {
            if (_groups.TryGetValue(markers.Path, out var group))
            {
                lock (group)
                {
                    if (group.Confirm(markers))
                    {
                        _changes.Changed(group);
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<IHeldScan> OpenScanAsync(CancellationToken cancellationToken) => ValueTask.FromResult(OpenScan());

    /// <inheritdoc/>
    public IAsyncEnumerable<PushHeader> FindExpiredAsync(CancellationToken cancellationToken) => FindExpired().ToAsyncEnumerable();

    /// <summary>Applies one push.</summary>
    /// <param name="push">The push.</param>
    /// <param name="effects">Takes what it leads to.</param>
    /// <param name="index">Its index in the effects.</param>
    public void Apply(in BatchedPush push, GroupEffects effects, int index = 0)
    {
        var owners = new Dictionary<(GroupState Group, long PushTimeNs), int>();
        if (push.Header.Selector is { } selector)
        {
            ApplyToSelected(push.Header, [(selector, index)], effects, owners);
        }
        else
        {
            Apply(push, effects, index, owners);
        }

        Tell(owners, effects);
    }

    /// <summary>
    /// Makes sure that there will be room for a push: null, or the reason why there is none. The group that the push may bring has its place,
    /// and its series their room, until the push is applied, or until <see cref="Release"/>. What is applied is held, with or without.
    /// </summary>
    public PushError? Reserve(in BatchedPush push)
    {
        if (push.Header is not { Group: { } key, Operation: not (PushOperation.Delete or PushOperation.Expire) })
        {
            return push.Header.Operation == PushOperation.Append ? _ungrouped.Check(push) : null;
        }

        var awaited = AwaitedPush.Count(push, _headers);
        var group = Enter(key.Path);
        var hasPlace = group.HoldsPlace;
        try
        {
            hasPlace = hasPlace || _places.TryTake();
            var refusal = hasPlace ? CheckSeries(push, group, ref awaited) : _options.TooManyGroups;
            if (refusal is null)
            {
                group.Await(push.Header.AcceptedNs, awaited);
            }

            return refusal;
        }
        finally
        {
            Exit(group, hasPlace);
        }
    }

    /// <summary>A push that has a place by <see cref="Reserve"/> will not come.</summary>
    public void Release(PushHeader push)
    {
        if (push.Group is { } key)
        {
            var group = Enter(key.Path);
            var hasPlace = group.HoldsPlace;
            group.AwaitNoLonger(push.AcceptedNs);
            Exit(group, hasPlace);
        }
    }

    /// <summary>Opens a scan of what is held, as <see cref="IGroupStore.OpenScanAsync"/> says.</summary>
    /// <remarks>
    /// Of a group, families come by name and series by their encoded names and labels; so do the ungrouped series. A group is shown at one
    /// instant; pushes may be applied between two groups.
    /// </remarks>
    public IHeldScan OpenScan()
    {
        GroupState[] groups = [.. _groups.Select(static pair => pair.Value)];
        Array.Sort(groups, static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new MemoryScan(groups, () => _ungrouped.Open(Nanoseconds(_timeProvider.GetUtcNow() - _options.UngroupedHold)));
    }

    /// <summary>Forgets ungrouped series and deleted groups that have had their time.</summary>
    public void Purge(DateTimeOffset now)
    {
        var forgotten = Nanoseconds(now - _options.TombstoneRetention);
        foreach (var (_, group) in _groups)
        {
            lock (group)
            {
                if (group.IsTombstoneOf(forgotten) && !group.HoldsPlace && !group.IsForgotten)
                {
                    Forget(group);
                    _changes.Removed(group);
                }
            }
        }

        _ungrouped.Forget(Nanoseconds(now - _options.UngroupedHold));
    }

    /// <summary>Takes note of what has changed; it is no longer counted as changed afterwards.</summary>
    public GroupStateChanges TakeChanges() => _changes.Take();

    /// <summary>Writes every changed entry once, as it is now. The store may go on changing meanwhile.</summary>
    public void Write(GroupStateChanges changes, IGroupStateWriter writer)
    {
        var row = new BlobWriter();
        foreach (var entry in changes.Changed)
        {
            row.Clear();
            if (entry is UngroupedSeries series)
            {
                _ungrouped.WriteRow(series, row);
            }
            else
            {
                lock (entry)
                {
                    entry.WriteRow(row);
                }
            }

            writer.Put(entry.Id, row.Written);
        }

        foreach (var id in changes.Removed)
        {
            writer.Remove(id);
        }
    }

    /// <summary>Takes changes back that could not be stored.</summary>
    public void Restore(GroupStateChanges changes) => _changes.Restore(changes);

    /// <summary>
    /// Takes a row that was written before a restart, before the first push is applied. Times that lead the clock by more than a clock may
    /// give way to the first push.
    /// </summary>
    /// <exception cref="InvalidDataException">The row cannot be read. The store is as it was, and gives no other entry its id.</exception>
    public void Load(long id, ReadOnlySpan<byte> row)
    {
        _changes.Exists(id);
        _scratch.BeginPush();
        try
        {
            LoadRow(id, row);
        }
#pragma warning disable CA1031 // A damaged row may fail in many ways.
        catch (Exception e) when (e is not InvalidDataException)
#pragma warning restore CA1031
        {
            throw new InvalidDataException($"stored state cannot be read: {e.Message}", e);
        }
        finally
        {
            _scratch.Trim();
        }
    }

    /// <summary>Notes that everything is to be written again, because rows that were written can no longer be read.</summary>
    public void ChangeAll()
    {
        foreach (var (_, group) in _groups)
        {
            lock (group)
            {
                if (!group.IsForgotten)
                {
                    _changes.Changed(group);
                }
            }
        }

        _ungrouped.ChangeAll();
    }

    private List<PushHeader> FindExpired()
    {
        var now = NowNs;
        var expired = new List<PushHeader>();
        foreach (var (_, group) in _groups)
        {
            lock (group)
            {
                if (group.ExpiresAtNs < long.MaxValue && group.BringBack(now, now))
                {
                    _changes.Changed(group);
                }

                if (group.ExpiresAtNs <= now)
                {
                    expired.Add(group.Expiry());
                }
            }
        }

        return expired;
    }

    private void LoadRow(long id, ReadOnlySpan<byte> row)
    {
        var now = NowNs;
        var reader = new BlobReader(row);
        switch (reader.ReadByte())
        {
            case GroupState.RowKind:
                var group = GroupState.ReadRow(id, reader, _headers);
                group.Check(_scratch);
                _groups[group.Path] = group;
                if (group.HoldsPlace)
                {
                    _places.Take();
                }

                break;
            case UngroupedSeries.RowKind:
                var series = UngroupedSeries.ReadRow(id, reader, _headers);
                series.Check(_scratch);
                series.BringBack(now, now);
                _ungrouped.Load(series);
                break;
            default:
                throw new InvalidDataException("stored state of an unknown kind");
        }
    }

    private static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private void Apply(in BatchedPush push, GroupEffects effects, int index, Dictionary<(GroupState, long), int> owners)
    {
        if (effects.WereApplied)
        {
            if (push.Header.Group is { } known && _groups.TryGetValue(known.Path, out var held))
            {
                owners.TryAdd((held, push.Header.PushTimeNs), index);
            }

            return;
        }

        if (push.Header.Group is not { } key)
        {
            _ungrouped.Apply(push, NowNs);
            return;
        }

        var work = Rent();
        var brings = push.Header.Operation is not (PushOperation.Delete or PushOperation.Expire);
        if (brings)
        {
            work.Families.Encode(push);
        }

        var group = Enter(key.Path);
        var hasPlace = group.HoldsPlace;
        try
        {
            group.AwaitNoLonger(push.Header.AcceptedNs);
            if (brings && !hasPlace)
            {
                // Accepted before a restart, which forgets the places.
                _places.Take();
                hasPlace = true;
            }

            ApplyTo(group, push.Header, work, effects.TellsSink);
            if (effects.TellsSink)
            {
                owners.TryAdd((group, push.Header.PushTimeNs), index);
            }
        }
        finally
        {
            Exit(group, hasPlace);
            Return(work);
        }
    }

    private void ApplyToSelected(
        PushHeader delete, List<(GroupSelector Selector, int Push)> selectors, GroupEffects effects, Dictionary<(GroupState, long), int> owners)
    {
        var work = Rent();
        foreach (var (path, group) in _groups)
        {
            var first = 0;
            while (first < selectors.Count && !selectors[first].Selector.Matches(path))
            {
                first++;
            }

            if (first == selectors.Count)
            {
                continue;
            }

            Monitor.Enter(group);
            var hasPlace = group.HoldsPlace;
            try
            {
                if (!effects.WereApplied)
                {
                    ApplyTo(group, delete, work, effects.TellsSink);
                }

                if (!group.HasEnded(delete.PushTimeNs))
                {
                    continue;
                }

                // Each group has at least one marker: what more groups have cannot be told this time.
                if (owners.Count < effects.MaxMarkers)
                {
                    owners.TryAdd((group, delete.PushTimeNs), selectors[first].Push);
                }
                else
                {
                    effects.Leave(selectors[first].Push);
                }
            }
            finally
            {
                Exit(group, hasPlace);
            }
        }

        Return(work);
        if (!effects.WereApplied && selectors.Exists(static one => one.Selector.Matchers.IsEmpty))
        {
            _ungrouped.Forget(delete.PushTimeNs);
        }
    }

    private GroupWorkspace Rent() => _workspaces.TryTake(out var pooled) ? pooled : new GroupWorkspace(_headers, _options.IsOrdered);

    private void Return(GroupWorkspace work)
    {
        if (work.IsSmall)
        {
            _workspaces.Add(work);
        }
    }

    private void ApplyTo(GroupState group, PushHeader push, GroupWorkspace work, bool tellsSink)
    {
        if (!group.IsForgotten && group.Apply(push, work, tellsSink, NowNs))
        {
            _changes.Changed(group);
        }
    }

    // Told at the end of a call, so that several pushes of one time tell together what they have ended.
    private static void Tell(Dictionary<(GroupState Group, long PushTimeNs), int> owners, GroupEffects effects)
    {
        foreach (var ((group, pushTimeNs), push) in owners)
        {
            lock (group)
            {
                group.ReadEnded(pushTimeNs, push, effects);
            }
        }
    }

    // Why the group, which has its place, has no room for the push. A push that makes it no larger than it is always has it.
    private PushError? CheckSeries(in BatchedPush push, GroupState group, ref AwaitedPush awaited)
    {
        if (!push.Header.PushesToGroup || group.HasRoomFor(awaited, _options))
        {
            return null;
        }

        var families = new PushedFamilyWriter(_headers);
        families.Encode(push);
        awaited = AwaitedPush.Of(push.Header, families);
        return group.FindRefusal(awaited, _options);
    }

    // The group of a path, locked until Exit.
    private GroupState Enter(string path)
    {
        while (true)
        {
            var group = _groups.GetOrAdd(path, static (path, changes) => new GroupState(changes.NewId(), path), _changes);
            Monitor.Enter(group);
            if (!group.IsForgotten)
            {
                return group;
            }

            Monitor.Exit(group);
        }
    }

    // Unlocks a group, gives back the place that it no longer needs, and forgets a group of which nothing has become.
    private void Exit(GroupState group, bool hadPlace)
    {
        if (hadPlace && !group.HoldsPlace)
        {
            _places.Free();
        }

        if (group.IsUnknown)
        {
            Forget(group);
        }

        Monitor.Exit(group);
    }

    private void Forget(GroupState group)
    {
        group.Forget();
        _groups.TryRemove(KeyValuePair.Create(group.Path, group));
    }
}
