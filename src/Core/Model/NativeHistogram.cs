using PushGateway.Wire;

namespace PushGateway.Model;

/// <summary>
/// A native histogram in memory. Everywhere else a histogram is the bytes that <see cref="Intern"/> writes, held as a symbol of its batch.
/// Reusable; not thread-safe.
/// </summary>
/// <remarks>
/// The bytes are a message <c>prometheus.Histogram</c> of remote write (<see cref="NativeHistogramFields"/>) without its timestamp. Equal
/// histograms have equal bytes: fields are in order, numbers are packed, zeros except the count are left out, and unknown fields are
/// dropped. The bytes are never empty, and they pass <see cref="Validate"/>.
/// </remarks>
internal sealed class NativeHistogram
{
    // ResetHint.GAUGE
    private const ulong GaugeHint = 3;

    // From one bucket per factor of 2^16 to 256 buckets per doubling.
    private const int MinSchema = -4;
    private const int MaxSchema = 8;

    private ulong _count;
    private double _countFloat;
    private double _sum;
    private ulong _schema;
    private double _zeroThreshold;
    private ulong _zeroCount;
    private double _zeroCountFloat;
    private ulong _resetHint;
    private readonly ReusableBuffer _bytes = new();

    /// <summary>Whether the counts are floats. Then the integer counts are meaningless; otherwise the float counts are.</summary>
    public bool IsFloat { get; private set; }

    /// <summary>Number of observations in an integer histogram.</summary>
    public ulong Count => _count;

    /// <summary>Number of observations in a float histogram.</summary>
    public double CountFloat => _countFloat;

    /// <summary>Sum of the observations.</summary>
    public double Sum => _sum;

    /// <summary>The resolution of the buckets: there are 2^schema buckets per doubling of the value.</summary>
    public int Schema => (int)ProtobufReader.UnZigZag((uint)_schema);

    /// <summary>The largest absolute value that belongs to the zero bucket.</summary>
    public double ZeroThreshold => _zeroThreshold;

    /// <summary>Observations in the zero bucket of an integer histogram.</summary>
    public ulong ZeroCount => _zeroCount;

    /// <summary>Observations in the zero bucket of a float histogram.</summary>
    public double ZeroCountFloat => _zeroCountFloat;

    /// <summary>
    /// Whether counts may fall. Other reset hints of the sender are dropped: they compare with the sender's previous sample, and the target
    /// may have another one.
    /// </summary>
    public bool IsGauge => _resetHint == GaugeHint;

    /// <summary>The buckets of negative observations.</summary>
    public NativeBuckets Negative { get; } = new(
        NativeHistogramFields.NegativeSpans, NativeHistogramFields.NegativeDeltas, NativeHistogramFields.NegativeCounts);

    /// <summary>The buckets of positive observations.</summary>
    public NativeBuckets Positive { get; } = new(
        NativeHistogramFields.PositiveSpans, NativeHistogramFields.PositiveDeltas, NativeHistogramFields.PositiveCounts);

    /// <summary>Reads the bytes of a symbol, replacing the current content.</summary>
    /// <exception cref="InvalidDataException">The bytes were not written by <see cref="Intern"/>.</exception>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        Clear();
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadTag(out var field, out var type))
        {
            TryReadField(ref reader, field, type);
        }

        if (reader.IsMalformed)
        {
            throw new InvalidDataException("a stored histogram is malformed");
        }
    }

    /// <summary>Resets to an empty histogram.</summary>
    public void Clear()
    {
        (IsFloat, _count, _countFloat, _sum, _schema) = (false, 0, 0, 0, 0);
        (_zeroThreshold, _zeroCount, _zeroCountFloat, _resetHint) = (0, 0, 0, 0);
        Negative.Clear();
        Positive.Clear();
    }

    /// <summary>Reads the value of one field of <c>prometheus.Histogram</c>. Unknown fields are skipped.</summary>
    public bool TryReadField(ref ProtobufReader reader, int field, WireType type)
    {
        // The counts are a oneof, so the last one that is given counts.
        IsFloat = field == NativeHistogramFields.CountFloat || (IsFloat && field != NativeHistogramFields.Count);
        return (field, type) switch
        {
            (NativeHistogramFields.Count, WireType.Varint) => reader.TryReadVarint(out _count),
            (NativeHistogramFields.CountFloat, WireType.Fixed64) => reader.TryReadDouble(out _countFloat),
            (NativeHistogramFields.Sum, WireType.Fixed64) => reader.TryReadDouble(out _sum),
            (NativeHistogramFields.Schema, WireType.Varint) => reader.TryReadVarint(out _schema),
            (NativeHistogramFields.ZeroThreshold, WireType.Fixed64) => reader.TryReadDouble(out _zeroThreshold),
            (NativeHistogramFields.ZeroCount, WireType.Varint) => reader.TryReadVarint(out _zeroCount),
            (NativeHistogramFields.ZeroCountFloat, WireType.Fixed64) => reader.TryReadDouble(out _zeroCountFloat),
            (NativeHistogramFields.ResetHint, WireType.Varint) => reader.TryReadVarint(out _resetHint),
            ( >= NativeHistogramFields.NegativeSpans and <= NativeHistogramFields.NegativeCounts, _) => Negative.TryReadField(ref reader, field, type),
            ( >= NativeHistogramFields.PositiveSpans and <= NativeHistogramFields.PositiveCounts, _) => Positive.TryReadField(ref reader, field, type),
            _ => reader.TrySkip(type),
        };
    }

    /// <summary>
    /// Sets the fields that the protobuf format of client libraries expresses differently. That format has no oneof: as in Prometheus, a
    /// histogram has float counts when its float count or its float zero count is greater than 0.
    /// </summary>
    public void Set(ulong count, double countFloat, double sum, bool isGauge)
    {
        (_count, _countFloat, _sum, _resetHint) = (count, countFloat, sum, isGauge ? GaugeHint : 0);
        IsFloat = countFloat > 0 || _zeroCountFloat > 0;
    }

    /// <summary>
    /// Returns null, or the error that Prometheus' <c>histogram.Validate</c> would report, or an error when the histogram is larger than
    /// allowed here.
    /// </summary>
    /// <remarks>
    /// Only exponential schemas are allowed. Custom buckets (schema -53) are refused, because neither remote write 1.0 nor the protobuf
    /// format of client libraries can express them.
    /// </remarks>
    public string? Validate()
    {
        if (Schema is < MinSchema or > MaxSchema)
        {
            return $"schema {Schema} is not one from {MinSchema} to {MaxSchema}";
        }

        if (Positive.Validate(IsFloat, out var positive) is { } reason)
        {
            return "positive side: " + reason;
        }

        if (Negative.Validate(IsFloat, out var negative) is { } otherReason)
        {
            return "negative side: " + otherReason;
        }

        return IsFloat ? ValidateFloats() : ValidateCount(positive + negative + ZeroCount);
    }

    /// <summary>Interns the histogram's bytes, which are copied, and returns their symbol.</summary>
    public int Intern(SymbolTable symbols)
    {
        var writer = new ProtobufWriter(_bytes);
        Write(ref writer);
        return symbols.Intern(writer.Written.Span);
    }

    // An observation of NaN is counted, but is in no bucket.
    private string? ValidateCount(UInt128 inBuckets) =>
        inBuckets == Count || (double.IsNaN(Sum) && inBuckets < Count)
            ? null
            : $"the buckets hold {inBuckets} observations, and the count is {Count}";

    private string? ValidateFloats() =>
        ZeroCountFloat < 0 ? "the zero bucket has a negative count" : CountFloat < 0 ? "the count is negative" : null;

    private void Write(ref ProtobufWriter writer)
    {
        // The count is written even when it is 0, because its field tells float counts from integer counts.
        if (IsFloat)
        {
            writer.WriteDouble(NativeHistogramFields.CountFloat, CountFloat);
        }
        else
        {
            writer.WriteVarint(NativeHistogramFields.Count, Count);
        }

        WriteDouble(ref writer, NativeHistogramFields.Sum, Sum);
        WriteVarint(ref writer, NativeHistogramFields.Schema, ProtobufWriter.ZigZag(Schema));
        WriteDouble(ref writer, NativeHistogramFields.ZeroThreshold, ZeroThreshold);
        WriteVarint(ref writer, NativeHistogramFields.ZeroCount, IsFloat ? 0 : ZeroCount);
        WriteDouble(ref writer, NativeHistogramFields.ZeroCountFloat, IsFloat ? ZeroCountFloat : 0);
        Negative.Write(ref writer, IsFloat);
        Positive.Write(ref writer, IsFloat);
        WriteVarint(ref writer, NativeHistogramFields.ResetHint, IsGauge ? GaugeHint : 0);
    }

    private static void WriteDouble(ref ProtobufWriter writer, int field, double value)
    {
        // Not -0.
        if (BitConverter.DoubleToUInt64Bits(value) != 0)
        {
            writer.WriteDouble(field, value);
        }
    }

    private static void WriteVarint(ref ProtobufWriter writer, int field, ulong value)
    {
        if (value != 0)
        {
            writer.WriteVarint(field, value);
        }
    }
}
