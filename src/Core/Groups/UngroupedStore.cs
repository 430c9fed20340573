using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

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

    /// <summary>Opens a scan of the series that were pushed after a time, by family and key.</summary>
    public UngroupedScan Open(long pushedAfterNs)
    {
        UngroupedScan scan;
        lock (_lock)
        {
            scan = new UngroupedScan(_lock, _series.Values, _series.Count, pushedAfterNs);
        }

        return scan.Sort();
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
}
