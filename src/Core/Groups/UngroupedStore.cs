using System.Runtime.InteropServices;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Groups;

/// <summary>The last sample of every ungrouped series, for a while. Thread-safe: all series belong to one lock.</summary>
internal sealed class UngroupedStore(GroupStoreOptions options, ChangeLog changes, BlobPool headers)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<byte[], UngroupedSeries> _series = new(ByteArrayComparer.Instance);
    private readonly BlobWriter _scratch = new();
    private readonly BlobWriter _joinScratch = new();

    private Dictionary<byte[], UngroupedSeries>.AlternateLookup<ReadOnlySpan<byte>> Lookup => _series.GetAlternateLookup<ReadOnlySpan<byte>>();

    // What nobody is shown need not be held.
    private bool HoldsNothing => options.UngroupedHold == TimeSpan.Zero;

    /// <summary>Why there is no room for the series of a push; null when there is.</summary>
    public PushError? Check(in BatchedPush push)
    {
        lock (_lock)
        {
            var room = options.MaxUngroupedSeries - _series.Count;
            return HoldsNothing || push.End.Series - push.Start.Series <= room || CountUnknown(push) <= Math.Max(room, 0) ? null : options.TooManySeries;
        }
    }

    /// <summary>Takes a push. The series for which there is no room are not held.</summary>
    public void Apply(in BatchedPush push, long nowNs)
    {
        if (HoldsNothing)
        {
            return;
        }

        lock (_lock)
        {
            Hold(push, nowNs);
        }
    }

    /// <summary>Forgets the series that were pushed no later than a time.</summary>
    public void Forget(long pushedUntilNs)
    {
        lock (_lock)
        {
            foreach (var (key, series) in _series)
            {
                if (series.PushTimeNs <= pushedUntilNs)
                {
                    _series.Remove(key);
                    series.Forget();
                    changes.Removed(series);
                }
            }
        }
    }

    /// <summary>Writes the row of a series.</summary>
    public void WriteRow(UngroupedSeries series, BlobWriter row)
    {
        lock (_lock)
        {
            series.WriteRow(row);
        }
    }

    /// <summary>Takes a series that was written before a restart.</summary>
    public void Load(UngroupedSeries series)
    {
        lock (_lock)
        {
            _series[series.Key] = series;
        }
    }

    /// <summary>Notes that every series is to be written again.</summary>
    public void ChangeAll()
    {
        lock (_lock)
        {
            foreach (var (_, series) in _series)
            {
                changes.Changed(series);
            }
        }
    }

    /// <summary>Appends the series that were pushed after a time, by family and key.</summary>
    public void Read(MetricBatch destination, long pushedAfterNs)
    {
        var held = Copy(pushedAfterNs);
        if (held.Count == 0)
        {
            return;
        }

        held.Sort(Compare);
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

    private int CountUnknown(in BatchedPush push)
    {
        var (count, lookup) = (0, Lookup);
        foreach (ref readonly var series in push.Batch.Series[push.Start.Series..push.End.Series])
        {
            _scratch.Clear();
            SeriesKey.Write(_scratch, push.Batch, series);
            count += series.SampleCount > 0 && !lookup.ContainsKey(_scratch.Written) ? 1 : 0;
        }

        return count;
    }

    private void Hold(in BatchedPush push, long nowNs)
    {
        var (batch, timeNs) = (push.Batch, push.Header.PushTimeNs);
        var mayBringBack = timeNs <= nowNs + PushClock.MaxLeadNs;
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
                header = headers.Intern(_scratch.Written);
            }

            _scratch.Clear();
            SeriesKey.Write(_scratch, batch, series);
            if (FindOrAdd(_scratch.Written, before?.Next) is not { } held)
            {
                continue;
            }

            before?.IsFollowedBy(held);
            before = held;
            if (mayBringBack)
            {
                held.BringBack(nowNs, Math.Min(nowNs, timeNs));
            }

            var last = new HeldSample(SampleOrder.Last(batch.SamplesOf(series), batch.Symbols), batch.Symbols);
            if (held.Set(timeNs, last, header, _joinScratch, headers))
            {
                changes.Changed(held);
            }
        }
    }

    // A sender's series come in one order, push after push. Null when there is no room.
    private UngroupedSeries? FindOrAdd(ReadOnlySpan<byte> key, UngroupedSeries? expected)
    {
        if (expected is { IsForgotten: false } && key.SequenceEqual(expected.Key))
        {
            return expected;
        }

        if (!Lookup.TryGetValue(key, out var held) && _series.Count < options.MaxUngroupedSeries)
        {
            held = new UngroupedSeries(changes.NewId(), key.ToArray());
            _series.Add(held.Key, held);
        }

        return held;
    }

    private List<HeldSeries> Copy(long pushedAfterNs)
    {
        lock (_lock)
        {
            var held = new List<HeldSeries>(_series.Count);
            foreach (var series in _series.Values)
            {
                if (series.PushTimeNs > pushedAfterNs)
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

    private static int Compare(HeldSeries a, HeldSeries b)
    {
        var order = FamilyHeader.Name(a.Header).SequenceCompareTo(FamilyHeader.Name(b.Header));
        return order != 0 ? order : a.Key.AsSpan().SequenceCompareTo(b.Key);
    }

    private readonly record struct HeldSeries(byte[] Header, byte[] Key, Sample Sample, byte[] Histogram, long PushTimeNs);
}
