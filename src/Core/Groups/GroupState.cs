using System.Runtime.InteropServices;
using System.Text;
using PushGateway.Exposition;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>
/// The last state of one group. Every operation is a join: applying the same set of pushes in any order, any of them
/// more than once, gives the same state, byte for byte.
/// </summary>
/// <remarks>
/// A family keeps the push with the greatest time. Pushes of one time are parts of one push (split over several messages) or
/// redeliveries, so their series are united. A replace drops what was pushed before it, but for the time of the last failure; a delete
/// and an expiry drop that, too, and what was pushed at their own time. The time to live is that of the latest push. The series ended on the way depend on the order, their markers' times do not fall before a sample: in the end the series that are
/// not stale are those of the state. Times that lead the clock by more than <see cref="PushClock.MaxLeadNs"/> do not win: they are of a clock
/// that was ahead, and the first push by the right clock brings them back.
/// </remarks>
internal sealed class GroupState(long id, string path) : StateEntry(id)
{
    /// <summary>First byte of a group's row.</summary>
    public const byte RowKind = 1;

    private const long NanosecondsPerMillisecond = 1_000_000;

    private readonly List<FamilyState> _families = [];
    private readonly SortedList<long, EndedSet> _ended = [];
    private SortedDictionary<long, AwaitedPush>? _awaited;
    private long _replacedAtNs = long.MinValue;
    private long _deletedAtNs = long.MinValue;
    private long _heardAtNs = long.MinValue;
    private long _timeToLiveMs;

    // Most series that the group can have once the awaited pushes are applied, the times of pushes among them.
    private long _heldSeries;
    private long _awaitedSeries;

    /// <summary>The grouping key's path.</summary>
    public string Path { get; } = path;

    /// <summary>The grouping key, read from its path: not for a look at every group.</summary>
    public GroupingKey Key => GroupingKeyParser.TryParse(Path, out var key, out var error) ? key : throw new InvalidDataException(error.Detail);

    /// <summary>Whether there is nothing to show of the group.</summary>
    public bool IsEmpty => _families.Count == 0;

    /// <summary>Whether the group counts as one: there is something to show of it, or a push is awaited that may bring it.</summary>
    public bool HoldsPlace => !IsEmpty || _awaited is { Count: > 0 };

    /// <summary>Whether no push of any kind has been applied, and none is awaited.</summary>
    public bool IsUnknown => IsTombstone && LatestNs == long.MinValue && !HoldsPlace;

    /// <summary>Whether the store no longer has the group.</summary>
    public bool IsForgotten { get; private set; }

    /// <summary>
    /// When the group expires, nanoseconds since the Unix epoch; <see cref="long.MaxValue"/> when it does not, or has expired and the sink
    /// knows of it.
    /// </summary>
    public long ExpiresAtNs => _timeToLiveMs > 0 && (_families.Count > 0 || HasEnded(_heardAtNs))
        ? _heardAtNs + (_timeToLiveMs * NanosecondsPerMillisecond)
        : long.MaxValue;

    /// <summary>Reads a row, <see cref="RowKind"/> already taken.</summary>
    public static GroupState ReadRow(long id, BlobReader reader, BlobPool headers)
    {
        var state = new GroupState(id, Encoding.UTF8.GetString(reader.ReadBytes()))
        {
            _replacedAtNs = reader.ReadInt64(),
            _deletedAtNs = reader.ReadInt64(),
            _heardAtNs = reader.ReadInt64(),
            _timeToLiveMs = reader.ReadInt64(),
        };
        for (var ended = reader.ReadInt64(); ended > 0; ended--)
        {
            var series = new EndedSeries(reader.ReadBytes().ToArray(), reader.ReadInt64(), reader.ReadInt64());
            state.EndedBy(series.PushTimeNs).Append(series);
        }

        // Former versions wrote them in no order.
        foreach (var ended in state._ended.Values)
        {
            ended.Sort();
        }

        while (!reader.AtEnd)
        {
            var family = new FamilyState(reader.ReadInt64(), headers.Intern(reader.ReadBytes()), reader.ReadBytes().ToArray()).Measured();
            state._families.Add(family);
        }

        state.CountSeries();
        return state;
    }

    /// <summary>Reads the whole row, so that damage shows now and not in a later push or scrape.</summary>
    /// <param name="scratch">Takes what is read.</param>
    /// <exception cref="InvalidDataException">Something cannot be read.</exception>
    public void Check(MetricBatch scratch)
    {
        _ = Key;
        foreach (var family in _families)
        {
            scratch.BeginPush();
            var index = FamilyHeader.AddTo(scratch, family.Header);
            if (family.SeriesCount == 0)
            {
                throw new InvalidDataException("stored family without a series");
            }

            var series = new SeriesSetReader(family.Series);
            while (series.MoveNext())
            {
                SeriesKey.AddTo(scratch, index, series.Key, series.Held.In(scratch.Symbols));
            }
        }

        foreach (var set in _ended.Values)
        {
            foreach (ref readonly var ended in set.Series)
            {
                SeriesKey.Check(ended.Key);
            }
        }
    }

    /// <inheritdoc/>
    public override void WriteRow(BlobWriter writer)
    {
        writer.WriteByte(RowKind);
        writer.WriteBytes(Encoding.UTF8.GetBytes(Path));
        writer.WriteInt64(_replacedAtNs);
        writer.WriteInt64(_deletedAtNs);
        writer.WriteInt64(_heardAtNs);
        writer.WriteInt64(_timeToLiveMs);
        writer.WriteInt64(_ended.Values.Sum(static ended => ended.Count));
        foreach (var set in _ended.Values)
        {
            foreach (ref readonly var ended in set.Series)
            {
                writer.WriteBytes(ended.Key);
                writer.WriteInt64(ended.MarkerMs);
                writer.WriteInt64(ended.PushTimeNs);
            }
        }

        foreach (var family in _families)
        {
            writer.WriteInt64(family.PushTimeNs);
            writer.WriteBytes(family.Header);
            writer.WriteBytes(family.Series);
        }
    }

    /// <summary>Applies a push; whether it changed anything.</summary>
    /// <param name="push">Operation and time.</param>
    /// <param name="work">Holds what was pushed; not looked at by a delete or an expiry.</param>
    /// <param name="ends">Whether a sink is to hear of the series that end.</param>
    /// <param name="nowNs">The time, nanoseconds since the Unix epoch.</param>
    public bool Apply(PushHeader push, GroupWorkspace work, bool ends, long nowNs)
    {
        // The clock was ahead and is so no longer, and the push must not wait until it is there again.
        var changed = push.PushTimeNs < LatestNs && push.PushTimeNs <= nowNs + PushClock.MaxLeadNs
            && BringBack(nowNs, Math.Min(nowNs, push.PushTimeNs));
        work.Ending.Clear();
        changed |= push.Operation switch
        {
            PushOperation.Delete => Delete(push.PushTimeNs, push.PushTimeNs, work, ends),
            PushOperation.Expire => Delete(push.PushTimeNs, push.PushTimeNs + (Milliseconds(push.TimeToLive) * NanosecondsPerMillisecond), work, ends),
            _ => Set(push, work, ends),
        };
        if (work.Ending.Count > 0)
        {
            changed |= Keep(push.PushTimeNs, work.Ending);
        }

        if (changed)
        {
            CountSeries();
        }

        return changed;
    }

    /// <summary>Whether there is room for the push whatever it and those that are awaited replace.</summary>
    public bool HasRoomFor(AwaitedPush push, GroupStoreOptions options) => _heldSeries + _awaitedSeries + push.SeriesCount <= options.MaxSeriesPerGroup;

    /// <summary>
    /// Why there is no room for the push once those that are awaited are applied; null when there is. One that does not make the group larger
    /// always has room.
    /// </summary>
    public PushError? FindRefusal(AwaitedPush push, GroupStoreOptions options)
    {
        if (HasRoomFor(push, options))
        {
            return null;
        }

        var counts = new Dictionary<byte[], int>(ByteArrayComparer.Instance);
        foreach (var family in _families)
        {
            if (!FamilyHeader.IsPushTime(family.Header))
            {
                counts[FamilyHeader.Name(family.Header).ToArray()] = family.SeriesCount;
            }
        }

        foreach (var awaited in _awaited is null ? [] : _awaited.Values.AsEnumerable())
        {
            awaited.ApplyTo(counts);
        }

        var before = counts.Values.Sum();
        var after = push.ApplyTo(counts);
        return after > before ? options.CheckSeries(after) : null;
    }

    /// <summary>Adds the series that the push has ended and the sink has not confirmed.</summary>
    public void ReadEnded(long pushTimeNs, int push, GroupEffects effects)
    {
        foreach (ref readonly var ended in _ended.TryGetValue(pushTimeNs, out var set) ? set.Series : [])
        {
            if (!effects.Add(new DueMarker(Path, push, ended)))
            {
                return;
            }
        }
    }

    /// <summary>Whether the sink still lacks a stale marker of a series that a push has ended.</summary>
    public bool HasEnded(long pushTimeNs) => _ended.ContainsKey(pushTimeNs);

    /// <summary>Forgets series of whose end the sink has heard; whether there were any.</summary>
    public bool Confirm(DeliveredMarkers delivered)
    {
        var changed = false;
        for (var rest = delivered.Series; !rest.IsEmpty;)
        {
            var pushTimeNs = rest[0].PushTimeNs;
            var count = 1;
            while (count < rest.Length && rest[count].PushTimeNs == pushTimeNs)
            {
                count++;
            }

            if (_ended.TryGetValue(pushTimeNs, out var set) && set.RemoveDelivered(rest[..count]))
            {
                changed = true;
                ForgetIfEmpty(pushTimeNs, set);
            }

            rest = rest[count..];
        }

        return changed;
    }

    /// <summary>A push was accepted that is to be applied: until then, the group keeps its place and the room for it.</summary>
    public void Await(long acceptedNs, AwaitedPush push)
    {
        AwaitNoLonger(acceptedNs);
        (_awaited ??= []).Add(acceptedNs, push);
        _awaitedSeries += push.SeriesCount;
    }

    /// <summary>A push was applied, or a part of it, or it will not come.</summary>
    public void AwaitNoLonger(long acceptedNs)
    {
        if (_awaited is not null && _awaited.Remove(acceptedNs, out var push))
        {
            _awaited = _awaited.Count == 0 ? null : _awaited;
            _awaitedSeries -= push.SeriesCount;
        }
    }

    /// <summary>The store has let go of the group: what is to change it has to look for it anew.</summary>
    public void Forget() => IsForgotten = true;

    /// <summary>
    /// Brings the group's times back, in their order, to just before <paramref name="untilNs"/>, if they lead <paramref name="nowNs"/> by
    /// more than a clock may. Markers keep theirs: the sink may have a sample of that time. Returns whether anything changed.
    /// </summary>
    public bool BringBack(long nowNs, long untilNs)
    {
        if (LatestNs <= nowNs + PushClock.MaxLeadNs)
        {
            return false;
        }

        long[] held = [_replacedAtNs, _deletedAtNs, _heardAtNs, .. _families.Select(static family => family.PushTimeNs)];
        long[] times = [.. held.Where(time => time >= untilNs).Distinct().Order()];

        // An expiry has the time of the last push, and is told again by it. The other pushes come again with their own times.
        if (_families.Count == 0 && _ended.Remove(_heardAtNs, out var ended))
        {
            EndedBy(Before(_heardAtNs)).Join(ended.At(Before(_heardAtNs)));
        }

        _replacedAtNs = Before(_replacedAtNs);
        _deletedAtNs = Before(_deletedAtNs);
        _heardAtNs = Before(_heardAtNs);
        foreach (ref var family in CollectionsMarshal.AsSpan(_families))
        {
            family = family.At(Before(family.PushTimeNs));
        }

        return true;

        long Before(long time) => Array.BinarySearch(times, time) is >= 0 and var at ? untilNs - times.Length + at : time;
    }

    /// <summary>Whether nothing is left but the memory of a replace or delete.</summary>
    public bool IsTombstone => _families.Count == 0 && _ended.Count == 0;

    /// <summary>The time of the latest push of any kind, nanoseconds since the Unix epoch; <see cref="long.MinValue"/> without one.</summary>
    public long LatestNs => Math.Max(_heardAtNs, Math.Max(_replacedAtNs, _deletedAtNs));

    /// <summary>Whether nothing is left but the memory of a replace or delete that happened no later than <paramref name="timeNs"/>.</summary>
    public bool IsTombstoneOf(long timeNs) => IsTombstone && Math.Max(_replacedAtNs, _deletedAtNs) <= timeNs;

    /// <summary>The expiry that is due once <see cref="ExpiresAtNs"/> is past.</summary>
    public PushHeader Expiry() =>
        new(PushOperation.Expire, Key, _heardAtNs) { TimeToLive = TimeSpan.FromMilliseconds(_timeToLiveMs) };

    /// <summary>Shows the group, if there is something to show of it.</summary>
    public void Show(IHeldVisitor visitor)
    {
        if (IsEmpty)
        {
            return;
        }

        visitor.BeginGroup(Path);
        foreach (ref readonly var family in CollectionsMarshal.AsSpan(_families))
        {
            if (!visitor.BeginFamily(FamilyHeader.Read(family.Header, family.PushTimeNs)))
            {
                continue;
            }

            var series = new SeriesSetReader(family.Series);
            while (series.MoveNext())
            {
                visitor.Visit(series.Key, WithoutAssignedTimestamp(series.Sample, family.PushTimeNs), series.Held.Histogram);
            }
        }

        ShowNever(visitor, PushTimes.Success);
        ShowNever(visitor, PushTimes.Failure);
        visitor.EndGroup();
    }

    private void CountSeries()
    {
        _heldSeries = 0;
        foreach (ref readonly var family in CollectionsMarshal.AsSpan(_families))
        {
            _heldSeries += family.SeriesCount;
        }
    }

    private static Sample WithoutAssignedTimestamp(in Sample sample, long pushTimeNs) =>
        sample.TimestampMs == pushTimeNs / NanosecondsPerMillisecond ? sample with { TimestampMs = Sample.NoTimestamp } : sample;

    private static long Milliseconds(TimeSpan? timeToLive) => (long)(timeToLive?.TotalMilliseconds ?? 0);

    private static bool IsFailure(byte[] header) => FamilyHeader.Name(header).SequenceEqual(PushTimes.Failure);

    private void ShowNever(IHeldVisitor visitor, ReadOnlySpan<byte> name)
    {
        if (Find(name) < 0)
        {
            visitor.VisitNever(name, _heardAtNs);
        }
    }

    private bool Delete(long timeNs, long endedAtNs, GroupWorkspace work, bool ends)
    {
        if (timeNs <= _deletedAtNs)
        {
            return false;
        }

        _deletedAtNs = timeNs;
        DropRefused(endedAtNs, timeNs, work, ends);
        return true;
    }

    private bool Set(PushHeader push, GroupWorkspace work, bool ends)
    {
        var pushed = work.Families;
        var raised = push.Operation is PushOperation.Replace && push.PushTimeNs > _replacedAtNs;
        _replacedAtNs = raised ? push.PushTimeNs : _replacedAtNs;
        if (push.PushTimeNs > _heardAtNs && !work.IsOrdered)
        {
            TakeOverEnded(push.PushTimeNs);
        }

        var changed = Hear(push.PushTimeNs, Milliseconds(push.TimeToLive)) | raised;
        foreach (ref readonly var family in pushed.Families)
        {
            if (Admits(push.PushTimeNs, family.Header))
            {
                changed |= Set(push.PushTimeNs, family, pushed.SeriesOf(family), work, ends);
            }
            else if (ends && !work.IsOrdered)
            {
                EndMissing(pushed.SeriesOf(family), [], RefusedAtNs(family.Header), push.PushTimeNs, work);
            }
        }

        if (raised)
        {
            DropRefused(push.PushTimeNs, push.PushTimeNs, work, ends);
        }

        return changed;
    }

    // An expiry that no queue keeps is due until the sink knows of it, and no longer once there is a newer push. That one tells the rest.
    private void TakeOverEnded(long pushTimeNs)
    {
        if (_timeToLiveMs > 0 && _ended.Remove(_heardAtNs, out var ended))
        {
            EndedBy(pushTimeNs).Join(ended.At(pushTimeNs));
        }
    }

    // The time to live of the latest push counts; of parts that disagree, the longest.
    private bool Hear(long timeNs, long timeToLiveMs)
    {
        if (timeNs < _heardAtNs || (timeNs == _heardAtNs && timeToLiveMs <= _timeToLiveMs))
        {
            return false;
        }

        (_heardAtNs, _timeToLiveMs) = (timeNs, timeToLiveMs);
        return true;
    }

    private bool Admits(long pushTimeNs, byte[] header) =>
        pushTimeNs > _deletedAtNs && (pushTimeNs >= _replacedAtNs || IsFailure(header));

    // When what is not admitted ended. No replace ends the time of the last failure.
    private long RefusedAtNs(byte[] header) => IsFailure(header) ? _deletedAtNs : Math.Max(_replacedAtNs, _deletedAtNs);

    private bool Set(long pushTimeNs, in PushedFamily family, ReadOnlySpan<byte> series, GroupWorkspace work, bool ends)
    {
        var index = Find(FamilyHeader.Name(family.Header));
        if (index < 0)
        {
            _families.Insert(~index, family.At(pushTimeNs, series.ToArray()));
            Revive(_families[~index]);
            return true;
        }

        ref var held = ref CollectionsMarshal.AsSpan(_families)[index];
        if (pushTimeNs < held.PushTimeNs)
        {
            if (ends && !work.IsOrdered)
            {
                EndMissing(series, held.Series, held.PushTimeNs, pushTimeNs, work);
            }

            return false;
        }

        if (pushTimeNs > held.PushTimeNs)
        {
            if (ends)
            {
                EndMissing(held.Series, series, pushTimeNs, pushTimeNs, work);
            }

            held = family.At(pushTimeNs, Overwrite(held.Series, series));
            Revive(held);
            return true;
        }

        var before = held;
        var joined = SeriesSet.Join(held.Series, series, work.Scratch);
        held = held with { Header = FamilyHeader.Join(held.Header, family.Header, work.Scratch, work.Headers) };
        if (joined != held.Series)
        {
            held = (held with { Series = joined }).Measured();
            Revive(held);
        }

        return held != before;
    }

    private void DropRefused(long endedAtNs, long pushTimeNs, GroupWorkspace work, bool ends)
    {
        foreach (ref readonly var family in CollectionsMarshal.AsSpan(_families))
        {
            if (ends && !Admits(family.PushTimeNs, family.Header))
            {
                EndMissing(family.Series, [], endedAtNs, pushTimeNs, work);
            }
        }

        _families.RemoveAll(family => !Admits(family.PushTimeNs, family.Header));
    }

    // Ends the series of one set that the other does not have. Both are sorted.
    private static void EndMissing(ReadOnlySpan<byte> set, ReadOnlySpan<byte> other, long endedAtNs, long pushTimeNs, GroupWorkspace work)
    {
        var series = new SeriesSetReader(set);
        var others = new SeriesSetReader(other);
        var inOthers = others.MoveNext();
        while (series.MoveNext())
        {
            while (inOthers && others.Key.SequenceCompareTo(series.Key) < 0)
            {
                inOthers = others.MoveNext();
            }

            if (!inOthers || !others.Key.SequenceEqual(series.Key))
            {
                // A millisecond before the push that ended it, so that another part of that push can still bring the series,
                // and after its last sample, which the sink may have or get.
                var endedMs = endedAtNs / NanosecondsPerMillisecond;
                var lastMs = series.Sample.TimestampMs;
                var markerMs = work.IsOrdered && lastMs == endedMs ? endedMs : Math.Max(endedMs - 1, lastMs + 1);
                work.Ending.Append(new EndedSeries(series.Key.ToArray(), markerMs, pushTimeNs));
            }
        }
    }

    // Keeps the ended series that no other family has. Whether anything changed.
    private bool Keep(long pushTimeNs, EndedSet ending)
    {
        ending.Sort();
        foreach (ref readonly var family in CollectionsMarshal.AsSpan(_families))
        {
            if (family.SeriesCount > 0 && ending.Overlaps(family.FirstKey, family.LastKey))
            {
                ending.RemoveLive(family.Series);
            }
        }

        return ending.Count > 0 && EndedBy(pushTimeNs).Join(ending);
    }

    // The series of the family live, whichever push had ended them.
    private void Revive(in FamilyState family)
    {
        for (var i = family.SeriesCount > 0 ? _ended.Count - 1 : -1; i >= 0; i--)
        {
            var set = _ended.Values[i];
            if (set.Overlaps(family.FirstKey, family.LastKey))
            {
                set.RemoveLive(family.Series);
                ForgetIfEmpty(_ended.Keys[i], set);
            }
        }
    }

    private EndedSet EndedBy(long pushTimeNs)
    {
        if (!_ended.TryGetValue(pushTimeNs, out var set))
        {
            _ended.Add(pushTimeNs, set = new EndedSet());
        }

        return set;
    }

    private void ForgetIfEmpty(long pushTimeNs, EndedSet set)
    {
        if (set.Count == 0)
        {
            _ended.Remove(pushTimeNs);
        }
    }

    // The same series as last time, which is the rule, take the same room: nothing is allocated.
    private static byte[] Overwrite(byte[] held, ReadOnlySpan<byte> series)
    {
        if (held.Length != series.Length)
        {
            return series.ToArray();
        }

        series.CopyTo(held);
        return held;
    }

    private int Find(ReadOnlySpan<byte> name)
    {
        var low = 0;
        var high = _families.Count - 1;
        while (low <= high)
        {
            var middle = low + ((high - low) / 2);
            var order = FamilyHeader.Name(_families[middle].Header).SequenceCompareTo(name);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }
}
