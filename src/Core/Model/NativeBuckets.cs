using System.Runtime.InteropServices;
using PushGateway.Wire;

namespace PushGateway.Model;

/// <summary>The positive or the negative buckets of a <see cref="NativeHistogram"/>.</summary>
/// <param name="spansField">Field number of the spans.</param>
/// <param name="deltasField">Field number of the deltas.</param>
/// <param name="countsField">Field number of the float counts.</param>
internal sealed class NativeBuckets(int spansField, int deltasField, int countsField)
{
    /// <summary>Most buckets and most spans. At the finest schema, this covers 64 doublings of the value without a gap.</summary>
    public const int Max = 16_384;

    private readonly List<NativeSpan> _spans = [];
    private readonly List<long> _deltas = [];
    private readonly List<double> _counts = [];
    private bool _hasTooMany;

    /// <summary>The positions of the buckets.</summary>
    public ReadOnlySpan<NativeSpan> Spans => CollectionsMarshal.AsSpan(_spans);

    /// <summary>In an integer histogram: the difference of each count to the one before. The first is the count itself.</summary>
    public ReadOnlySpan<long> Deltas => CollectionsMarshal.AsSpan(_deltas);

    /// <summary>In a float histogram: the counts.</summary>
    public ReadOnlySpan<double> Counts => CollectionsMarshal.AsSpan(_counts);

    public void Clear()
    {
        _spans.Clear();
        _deltas.Clear();
        _counts.Clear();
        _hasTooMany = false;
    }

    /// <summary>Reads the value of one of the three fields. Numbers may be packed or not.</summary>
    public bool TryReadField(ref ProtobufReader reader, int field, WireType type)
    {
        if (type == WireType.LengthDelimited)
        {
            reader.TryReadBytes(out var bytes);
            var inner = new ProtobufReader(bytes);
            return field == spansField ? TryReadSpan(ref inner) : TryReadPacked(ref inner, field);
        }

        return (field == deltasField && type == WireType.Varint) || (field == countsField && type == WireType.Fixed64)
            ? TryReadNumber(ref reader, field)
            : reader.TrySkip(type);
    }

    /// <summary>Returns null, or the error that Prometheus' <c>histogram.Validate</c> would report for these buckets.</summary>
    /// <param name="isFloat">Whether the counts are floats.</param>
    /// <param name="total">The sum of integer counts.</param>
    public string? Validate(bool isFloat, out UInt128 total)
    {
        total = 0;
        if (_hasTooMany)
        {
            return $"more than {Max} buckets or spans";
        }

        return ValidateSpans(isFloat ? _counts.Count : _deltas.Count) ?? (isFloat ? ValidateCounts() : ValidateDeltas(out total));
    }

    public void Write(ref ProtobufWriter writer, bool isFloat)
    {
        foreach (var span in Spans)
        {
            var start = writer.Begin(spansField);
            WriteSpan(ref writer, span);
            writer.End(start);
        }

        if ((isFloat ? _counts.Count : _deltas.Count) == 0)
        {
            return;
        }

        var packed = writer.Begin(isFloat ? countsField : deltasField);
        if (isFloat)
        {
            foreach (var count in Counts)
            {
                writer.WriteFixed64(BitConverter.DoubleToUInt64Bits(count));
            }
        }
        else
        {
            foreach (var delta in Deltas)
            {
                writer.WriteVarint(ProtobufWriter.ZigZag(delta));
            }
        }

        writer.End(packed);
    }

    private static void WriteSpan(ref ProtobufWriter writer, NativeSpan span)
    {
        if (span.Offset != 0)
        {
            writer.WriteVarint(NativeHistogramFields.SpanOffset, (uint)ProtobufWriter.ZigZag(span.Offset));
        }

        if (span.Length != 0)
        {
            writer.WriteVarint(NativeHistogramFields.SpanLength, span.Length);
        }
    }

    // Entries beyond the limit are read and dropped. Otherwise a small compressed body could claim unbounded memory.
    private void Add<T>(List<T> list, T item)
    {
        if (list.Count < Max)
        {
            list.Add(item);
        }
        else
        {
            _hasTooMany = true;
        }
    }

    private bool TryReadSpan(ref ProtobufReader reader)
    {
        var (offset, length) = (0UL, 0UL);
        while (reader.TryReadTag(out var field, out var type))
        {
            _ = (field, type) switch
            {
                (NativeHistogramFields.SpanOffset, WireType.Varint) => reader.TryReadVarint(out offset),
                (NativeHistogramFields.SpanLength, WireType.Varint) => reader.TryReadVarint(out length),
                _ => reader.TrySkip(type),
            };
        }

        Add(_spans, new NativeSpan((int)ProtobufReader.UnZigZag((uint)offset), (uint)length));
        return !reader.IsMalformed;
    }

    private bool TryReadPacked(ref ProtobufReader reader, int field)
    {
        while (!reader.IsAtEnd)
        {
            TryReadNumber(ref reader, field);
        }

        return !reader.IsMalformed;
    }

    private bool TryReadNumber(ref ProtobufReader reader, int field)
    {
        if (field == countsField)
        {
            var readCount = reader.TryReadDouble(out var count);
            Add(_counts, count);
            return readCount;
        }

        var read = reader.TryReadVarint(out var delta);
        Add(_deltas, ProtobufReader.UnZigZag(delta));
        return read;
    }

    private string? ValidateSpans(int buckets)
    {
        long needed = 0;
        for (var i = 0; i < _spans.Count; i++)
        {
            if (i > 0 && _spans[i].Offset < 0)
            {
                return $"span {i + 1} has the negative offset {_spans[i].Offset}";
            }

            needed += _spans[i].Length;
        }

        return needed == buckets ? null : $"the spans need {needed} buckets, and there are {buckets}";
    }

    private string? ValidateDeltas(out UInt128 total)
    {
        total = 0;
        var count = 0L;
        for (var i = 0; i < _deltas.Count; i++)
        {
            // A count beyond 64 bits becomes negative as well, because the count before it is not negative.
            count = unchecked(count + _deltas[i]);
            if (count < 0)
            {
                return $"bucket {i + 1} has a negative count";
            }

            total += (ulong)count;
        }

        return null;
    }

    private string? ValidateCounts() =>
        _counts.FindIndex(static count => count < 0) is >= 0 and var i ? $"bucket {i + 1} has a negative count" : null;
}
