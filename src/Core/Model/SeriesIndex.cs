using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;

namespace PushGateway.Model;

/// <summary>
/// Finds equal series of a batch: series with the same name and labels. Symbols are interned and labels are sorted, so equal series have
/// equal symbols. The index rents its memory, and its creator must dispose it.
/// </summary>
/// <remarks>
/// Adding a series takes constant time. Hashes have a secret seed per process, so a sender cannot choose colliding series.
/// </remarks>
internal ref struct SeriesIndex
{
    private const int MinSlots = 16;

    private static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private readonly MetricBatch _batch;
    private readonly bool _byTime;
    private readonly Slot[] _rented;
    private readonly Span<Slot> _slots;

    /// <param name="batch">The batch. Its series must not change while the index is in use.</param>
    /// <param name="capacity">Most series that will be added.</param>
    /// <param name="byTime">Whether equal series must also have the same timestamp of their first sample.</param>
    public SeriesIndex(MetricBatch batch, int capacity, bool byTime = false)
    {
        // Open addressing, at most half full.
        var length = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity * 2, MinSlots));
        _batch = batch;
        _byTime = byTime;
        _rented = ArrayPool<Slot>.Shared.Rent(length);
        _slots = _rented.AsSpan(0, length);
        _slots.Clear();
    }

    /// <summary>Returns the series that represents all series equal to this one. At first that is the one that was added first.</summary>
    /// <param name="series">Index of a series in <see cref="MetricBatch.Series"/>. It is added when no equal one was added yet.</param>
    public readonly int FindOrAdd(int series)
    {
        ref var slot = ref Locate(series);
        if (slot.Number == 0)
        {
            slot.Number = series + 1;
        }

        return slot.Number - 1;
    }

    /// <summary>Makes a series represent all series that are equal to it.</summary>
    /// <param name="series">Index of the series. An equal one must have been added.</param>
    public readonly void Replace(int series) => Locate(series).Number = series + 1;

    /// <summary>Returns the memory.</summary>
    public readonly void Dispose() => ArrayPool<Slot>.Shared.Return(_rented);

    // Returns the slot of an equal series, or the free slot where this series belongs, with its hash set.
    private readonly ref Slot Locate(int index)
    {
        ref readonly var series = ref _batch.Series[index];
        var time = TimeOf(series);
        var hash = Hash(series.Name, _batch.LabelsOf(series), time);
        var mask = _slots.Length - 1;
        for (var at = (int)hash & mask; ; at = (at + 1) & mask)
        {
            ref var slot = ref _slots[at];
            if (slot.Number == 0)
            {
                slot.Hash = hash;
                return ref slot;
            }

            if (slot.Hash == hash && AreEqual(_batch.Series[slot.Number - 1], series, time))
            {
                return ref slot;
            }
        }
    }

    private readonly bool AreEqual(in Series other, in Series series, long time) =>
        other.Name == series.Name && TimeOf(other) == time && _batch.LabelsOf(other).SequenceEqual(_batch.LabelsOf(series));

    private readonly long TimeOf(in Series series) =>
        _byTime && series.SampleCount > 0 ? _batch.Samples[series.SampleStart].TimestampMs : 0;

    private static uint Hash(int name, ReadOnlySpan<Label> labels, long time)
    {
        const ulong k = 0x9E37_79B9_7F4A_7C15;
        // The time is mixed before a label joins it. Otherwise a sender could choose times and values that cancel each other out.
        var hash = SymbolTable.Mix(Seed ^ (uint)name, k);
        hash = time == 0 ? hash : SymbolTable.Mix(hash ^ (ulong)time, k);
        foreach (var label in labels)
        {
            hash = SymbolTable.Mix(hash ^ (uint)label.Name ^ ((ulong)(uint)label.Value << 32), k);
        }

        return (uint)(hash ^ (hash >> 32));
    }

    // Number is the series' index plus 1; 0 means a free slot.
    private struct Slot
    {
        public uint Hash;
        public int Number;
    }
}
