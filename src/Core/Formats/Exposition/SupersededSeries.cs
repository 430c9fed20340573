using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using PushGateway.Formats.Text;
using PushGateway.Groups;
using PushGateway.Model;

namespace PushGateway.Formats.Exposition;

/// <summary>Finds the series of a reading that stand in it again and were pushed later.</summary>
internal static class SupersededSeries
{
    private const int Free = 0;

    /// <summary>Takes the keys of such series out; returns how many are left, in their order.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="keys">The keys of all its series, in their order.</param>
    public static int Drop(GroupReading reading, Span<TextSeriesKey> keys)
    {
        // Open addressing, at most half full: a slot is the index of a series and one.
        var slots = ArrayPool<int>.Shared.Rent((int)BitOperations.RoundUpToPowerOf2((uint)(keys.Length * 2) + 1));
        var superseded = ArrayPool<bool>.Shared.Rent(keys.Length);
        try
        {
            Array.Clear(slots);
            superseded.AsSpan(0, keys.Length).Clear();
            for (var series = 0; series < keys.Length; series++)
            {
                ref var slot = ref Find(reading.Batch, slots, series);
                if (slot != Free)
                {
                    var earlier = PushTime(reading, series) < PushTime(reading, slot - 1) ? series : slot - 1;
                    superseded[earlier] = true;
                    slot = earlier == series ? slot : series + 1;
                }
                else
                {
                    slot = series + 1;
                }
            }

            return Compact(keys, superseded);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(slots);
            ArrayPool<bool>.Shared.Return(superseded);
        }
    }

    // Symbols are interned, and labels without a value are not in a batch: equal series are equal integers.
    private static ref int Find(MetricBatch batch, int[] slots, int index)
    {
        ref readonly var series = ref batch.Series[index];
        var labels = batch.LabelsOf(series);
        var hash = new HashCode();
        hash.Add(series.Name);
        hash.AddBytes(MemoryMarshal.AsBytes(labels));
        for (var at = (uint)hash.ToHashCode() % (uint)slots.Length; ; at = (at + 1) % (uint)slots.Length)
        {
            ref var slot = ref slots[at];
            if (slot == Free || (batch.Series[slot - 1].Name == series.Name && batch.LabelsOf(batch.Series[slot - 1]).SequenceEqual(labels)))
            {
                return ref slot;
            }
        }
    }

    // Ungrouped series were pushed at the time of their sample, as far as is known; what has none is the gateway's own, and stays.
    private static Int128 PushTime(GroupReading reading, int index)
    {
        ref readonly var series = ref reading.Batch.Series[index];
        if (index < reading.GroupsEnd.Series)
        {
            return reading.PushTimeNs(series.Family);
        }

        var timestampMs = reading.Batch.SamplesOf(series) is [.., var last] ? last.TimestampMs : Sample.NoTimestamp;
        return timestampMs == Sample.NoTimestamp ? Int128.MaxValue : (Int128)timestampMs * 1_000_000;
    }

    private static int Compact(Span<TextSeriesKey> keys, bool[] superseded)
    {
        var kept = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            if (!superseded[i])
            {
                keys[kept++] = keys[i];
            }
        }

        return kept;
    }
}
