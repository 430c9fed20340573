using System.Runtime.InteropServices;
using System.Text;
using PushGateway.Model;
using PushGateway.Queue;

namespace PushGateway.Groups;

/// <summary>
/// The last state of one group. Every operation is a join: applying the same set of pushes in any order, any of them
/// more than once, gives the same state, byte for byte.
/// </summary>
/// <remarks>
/// A family keeps the push with the greatest time. Pushes of one time are parts of one push (split over several messages) or
/// redeliveries, so their series are united. A replace drops what was pushed before it, a delete also what was pushed at its own time.
/// The series ended on the way depend on the order, their markers' times do not fall before a sample: in the end the series that are
/// not stale are those of the state.
/// </remarks>
internal sealed class GroupState(long id, string path) : StateEntry(id)
{
    /// <summary>First byte of a group's row.</summary>
    public const byte RowKind = 1;

    private readonly List<FamilyState> _families = [];
    private readonly List<EndedSeries> _ended = [];
    private long _replacedAtNs = long.MinValue;
    private bool _deleted;

    /// <summary>The grouping key's path.</summary>
    public string Path { get; } = path;

    /// <summary>Reads a row, <see cref="RowKind"/> already taken.</summary>
    public static GroupState ReadRow(long id, BlobReader reader, BlobPool headers)
    {
        var state = new GroupState(id, Encoding.UTF8.GetString(reader.ReadBytes()))
        {
            _replacedAtNs = reader.ReadInt64(),
            _deleted = reader.ReadByte() != 0,
        };
        for (var ended = reader.ReadInt64(); ended > 0; ended--)
        {
            state._ended.Add(new EndedSeries(reader.ReadBytes().ToArray(), reader.ReadInt64(), reader.ReadInt64()));
        }

        while (!reader.AtEnd)
        {
            state._families.Add(new FamilyState(reader.ReadInt64(), headers.Intern(reader.ReadBytes()), reader.ReadBytes().ToArray()));
        }

        return state;
    }

    /// <inheritdoc/>
    public override void WriteRow(BlobWriter writer)
    {
        writer.WriteByte(RowKind);
        writer.WriteBytes(Encoding.UTF8.GetBytes(Path));
        writer.WriteInt64(_replacedAtNs);
        writer.WriteByte(_deleted ? (byte)1 : (byte)0);
        writer.WriteInt64(_ended.Count);
        foreach (var ended in _ended)
        {
            writer.WriteBytes(ended.Key);
            writer.WriteInt64(ended.MarkerMs);
            writer.WriteInt64(ended.PushTimeNs);
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
    /// <param name="pushed">What was pushed; not looked at by a delete.</param>
    /// <param name="ends">Whether a sink is to hear of the series that end.</param>
    /// <param name="scratch">Lent for the duration of the call.</param>
    /// <param name="headers">Where headers are shared.</param>
    public bool Apply(PushHeader push, FamilyEncoder pushed, bool ends, BlobWriter scratch, BlobPool headers)
    {
        var deletes = push.Operation is PushOperation.Delete;
        var raised = (deletes || push.Operation is PushOperation.Replace) && Raise(push.PushTimeNs, deletes);
        var changed = raised;
        if (!deletes)
        {
            foreach (ref readonly var family in pushed.Families)
            {
                changed |= Admits(push.PushTimeNs)
                    ? Set(push.PushTimeNs, family.Header, pushed.SeriesOf(family), ends, scratch, headers)
                    : ends && EndMissing(pushed.SeriesOf(family), [], _replacedAtNs, push.PushTimeNs);
            }
        }

        if (raised)
        {
            changed |= DropReplaced(push.PushTimeNs, ends);
        }

        if (_ended.Count > 0)
        {
            _ended.RemoveAll(ended => IsLive(ended.Key));
        }

        return changed;
    }

    /// <summary>Adds the series that the push has ended and the sink has not confirmed.</summary>
    public void ReadEnded(long pushTimeNs, int push, ICollection<StaleSeries> stale)
    {
        foreach (ref readonly var ended in CollectionsMarshal.AsSpan(_ended))
        {
            if (ended.PushTimeNs == pushTimeNs)
            {
                stale.Add(new StaleSeries(push, ended));
            }
        }
    }

    /// <summary>Forgets the series that the push has ended; whether there were any.</summary>
    public bool Confirm(long pushTimeNs) => _ended.RemoveAll(ended => ended.PushTimeNs == pushTimeNs) > 0;

    /// <summary>Whether nothing is left but the memory of a replace or delete that happened no later than <paramref name="timeNs"/>.</summary>
    public bool IsTombstoneOf(long timeNs) => _families.Count == 0 && _ended.Count == 0 && _replacedAtNs <= timeNs;

    /// <summary>Appends the series, without timestamps.</summary>
    public void ReadInto(MetricBatch destination)
    {
        if (_families.Count == 0)
        {
            return;
        }

        destination.BeginPush();
        foreach (var family in _families)
        {
            var index = FamilyHeader.AddTo(destination, family.Header);
            var series = new SeriesSetReader(family.Series);
            while (series.MoveNext())
            {
                SeriesKey.AddTo(destination, index, series.Key, series.Held.In(destination.Symbols) with { TimestampMs = Sample.NoTimestamp });
            }
        }
    }

    // The greatest of all replaces and deletes; at the same time, a delete is the greater.
    private bool Raise(long timeNs, bool deleted)
    {
        if (timeNs < _replacedAtNs || (timeNs == _replacedAtNs && (_deleted || !deleted)))
        {
            return false;
        }

        (_replacedAtNs, _deleted) = (timeNs, deleted);
        return true;
    }

    private bool Admits(long pushTimeNs) => pushTimeNs > _replacedAtNs || (pushTimeNs == _replacedAtNs && !_deleted);

    private bool Set(long pushTimeNs, byte[] header, ReadOnlySpan<byte> series, bool ends, BlobWriter scratch, BlobPool headers)
    {
        var index = Find(FamilyHeader.Name(header));
        if (index < 0)
        {
            _families.Insert(~index, new FamilyState(pushTimeNs, header, series.ToArray()));
            return true;
        }

        ref var held = ref CollectionsMarshal.AsSpan(_families)[index];
        if (pushTimeNs < held.PushTimeNs)
        {
            return ends && EndMissing(series, held.Series, held.PushTimeNs, pushTimeNs);
        }

        if (ends && pushTimeNs > held.PushTimeNs)
        {
            EndMissing(held.Series, series, pushTimeNs, pushTimeNs);
        }

        var before = held;
        held = pushTimeNs > held.PushTimeNs
            ? new FamilyState(pushTimeNs, header, Overwrite(held.Series, series))
            : held with
            {
                Header = FamilyHeader.Join(held.Header, header, scratch, headers),
                Series = SeriesSet.Join(held.Series, series, scratch),
            };
        return held != before;
    }

    private bool DropReplaced(long pushTimeNs, bool ends)
    {
        var changed = false;
        foreach (ref readonly var family in CollectionsMarshal.AsSpan(_families))
        {
            if (ends && !Admits(family.PushTimeNs))
            {
                changed |= EndMissing(family.Series, [], pushTimeNs, pushTimeNs);
            }
        }

        _families.RemoveAll(family => !Admits(family.PushTimeNs));
        return changed;
    }

    // Ends the series of one set that the other does not have. Both are sorted.
    private bool EndMissing(ReadOnlySpan<byte> set, ReadOnlySpan<byte> other, long endedAtNs, long pushTimeNs)
    {
        var changed = false;
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
                changed |= End(series.Key, series.Sample, endedAtNs, pushTimeNs);
            }
        }

        return changed;
    }

    // A millisecond before the push that ended it, so that another part of that push can still bring the series,
    // and after its last sample, which the sink may have or get.
    private bool End(ReadOnlySpan<byte> key, in Sample last, long endedAtNs, long pushTimeNs)
    {
        var markerMs = Math.Max((endedAtNs / 1_000_000) - 1, last.TimestampMs + 1);
        foreach (ref var ended in CollectionsMarshal.AsSpan(_ended))
        {
            if (ended.PushTimeNs == pushTimeNs && key.SequenceEqual(ended.Key))
            {
                var later = markerMs > ended.MarkerMs;
                ended = later ? ended with { MarkerMs = markerMs } : ended;
                return later;
            }
        }

        _ended.Add(new EndedSeries(key.ToArray(), markerMs, pushTimeNs));
        return true;
    }

    private bool IsLive(ReadOnlySpan<byte> key)
    {
        foreach (var family in _families)
        {
            var series = new SeriesSetReader(family.Series);
            while (series.MoveNext())
            {
                if (series.Key.SequenceEqual(key))
                {
                    return true;
                }
            }
        }

        return false;
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
