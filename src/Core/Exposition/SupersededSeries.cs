using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using PushGateway.Model;

namespace PushGateway.Exposition;

/// <summary>The series of a reading that stand in it again and were pushed later.</summary>
/// <param name="batch">The series, in the families of the reading.</param>
/// <param name="groupedSeries">How many at its start are those of groups.</param>
/// <param name="reading">Knows when the families of groups were pushed.</param>
internal readonly struct SupersededSeries(MetricBatch batch, int groupedSeries, GroupReading reading)
{
    private const int Free = 0;

    /// <summary>Takes the keys of such series out of those of all; returns how many are left, in their order.</summary>
    public int DropFrom(Span<ExposedSeries> keys)
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
                ref var slot = ref Find(slots, series);
                if (slot != Free)
                {
                    var earlier = PushTime(series) < PushTime(slot - 1) ? series : slot - 1;
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
    private ref int Find(int[] slots, int index)
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
    private Int128 PushTime(int index)
    {
        ref readonly var series = ref batch.Series[index];
        if (index < groupedSeries)
        {
            return reading.PushTimeNs(series.Family);
        }

        var timestampMs = batch.SamplesOf(series) is [.., var last] ? last.TimestampMs : Sample.NoTimestamp;
        return timestampMs == Sample.NoTimestamp ? Int128.MaxValue : (Int128)timestampMs * 1_000_000;
    }

    private static int Compact(Span<ExposedSeries> keys, bool[] superseded)
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
