using PushGateway.Wire;

namespace PushGateway.Model;

/// <summary>
/// A native histogram in memory. Everywhere else it is the bytes that <see cref="Intern"/> makes of it, a symbol of its batch.
/// Reusable; not thread-safe.
/// </summary>
/// <remarks>
/// The bytes are a message <c>prometheus.Histogram</c> of remote write (<see cref="NativeHistogramFields"/>) without its timestamp, in one
/// form for each histogram: fields in order, numbers packed, what is 0 left out but the count, and nothing that is unknown. They are valid
/// as <see cref="Validate"/> says, and never empty.
/// </remarks>
internal sealed class NativeHistogram
{
    // ResetHint.GAUGE
    private const ulong GaugeHint = 3;

    // From one bucket for 2^16 to 256 buckets for a doubling.
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

    /// <summary>Whether counts are floats; the integer ones have no meaning then, and otherwise the float ones.</summary>
    public bool IsFloat { get; private set; }

    /// <summary>Number of observations.</summary>
    public ulong Count => _count;

    /// <summary>The same of a histogram of floats.</summary>
    public double CountFloat => _countFloat;

    /// <summary>Sum of the observations.</summary>
    public double Sum => _sum;

    /// <summary>How fine the buckets are: 2^schema of them for a doubling.</summary>
    public int Schema => (int)ProtobufReader.UnZigZag((uint)_schema);

    /// <summary>Up to which absolute value an observation is in the zero bucket.</summary>
    public double ZeroThreshold => _zeroThreshold;

    /// <summary>Observations in the zero bucket.</summary>
    public ulong ZeroCount => _zeroCount;

    /// <summary>The same of a histogram of floats.</summary>
    public double ZeroCountFloat => _zeroCountFloat;

    /// <summary>
    /// Whether counts may fall. What else a sender knows of counter resets is dropped: it speaks of the sample before, which may not be
    /// the one that a target has.
    /// </summary>
    public bool IsGauge => _resetHint == GaugeHint;

    /// <summary>The buckets of negative observations.</summary>
    public NativeBuckets Negative { get; } = new(
        NativeHistogramFields.NegativeSpans, NativeHistogramFields.NegativeDeltas, NativeHistogramFields.NegativeCounts);

    /// <summary>The buckets of positive observations.</summary>
    public NativeBuckets Positive { get; } = new(
        NativeHistogramFields.PositiveSpans, NativeHistogramFields.PositiveDeltas, NativeHistogramFields.PositiveCounts);

    /// <summary>Takes the bytes of a symbol in place of the histogram before.</summary>
    /// <exception cref="InvalidDataException">They are none that <see cref="Intern"/> made.</exception>
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

    /// <summary>Becomes the empty histogram.</summary>
    public void Clear()
    {
        (IsFloat, _count, _countFloat, _sum, _schema) = (false, 0, 0, 0, 0);
        (_zeroThreshold, _zeroCount, _zeroCountFloat, _resetHint) = (0, 0, 0, 0);
        Negative.Clear();
        Positive.Clear();
    }

    /// <summary>Takes the value of one field of <c>prometheus.Histogram</c>; unknown ones are passed over.</summary>
    public bool TryReadField(ref ProtobufReader reader, int field, WireType type)
    {
        // A oneof: the last given is the one that counts.
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
    /// Sets what the protobuf of client libraries tells in another way. It has no oneof: as to Prometheus, a histogram is one of floats
    /// when its count or its zero bucket is a float that is not 0.
    /// </summary>
    public void Set(ulong count, double countFloat, double sum, bool isGauge)
    {
        (_count, _countFloat, _sum, _resetHint) = (count, countFloat, sum, isGauge ? GaugeHint : 0);
        IsFloat = countFloat > 0 || _zeroCountFloat > 0;
    }

    /// <summary>Null, or what Prometheus' <c>histogram.Validate</c> would find wrong, or that it is larger than is taken here.</summary>
    /// <remarks>
    /// Schemas are the exponential ones. Custom buckets (schema -53) are refused: remote write 1.0 cannot express them, and neither can
    /// the protobuf of client libraries.
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

    /// <summary>The symbol of the histogram's bytes, which are copied.</summary>
    public int Intern(SymbolTable symbols)
    {
        var writer = new ProtobufWriter(_bytes);
        Write(ref writer);
        return symbols.Intern(writer.Written.Span);
    }

    private static bool IsZero(double value) => BitConverter.DoubleToUInt64Bits(value) == 0;

    // An observation of NaN is counted and in no bucket.
    private string? ValidateCount(UInt128 inBuckets) =>
        inBuckets == Count || (double.IsNaN(Sum) && inBuckets < Count)
            ? null
            : $"the buckets hold {inBuckets} observations, and the count is {Count}";

    private string? ValidateFloats() =>
        ZeroCountFloat < 0 ? "the zero bucket has a negative count" : CountFloat < 0 ? "the count is negative" : null;

    private void Write(ref ProtobufWriter writer)
    {
        // Written though it be 0: which of the two is there tells floats from integers.
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
        if (!IsZero(value))
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
