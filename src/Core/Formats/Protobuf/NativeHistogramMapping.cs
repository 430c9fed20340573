using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Formats.Protobuf;

/// <summary>
/// Converts native histograms between the protobuf of client libraries and that of remote write. Both have the same fields of the same
/// types, with different numbers.
/// </summary>
internal static class NativeHistogramMapping
{
    // Both numbers of each field.
    private static readonly (int MetricFamily, int RemoteWrite)[] Fields =
    [
        (MetricFamilyFields.SampleCount, NativeHistogramFields.Count),
        (MetricFamilyFields.HistogramCountFloat, NativeHistogramFields.CountFloat),
        (MetricFamilyFields.SampleSum, NativeHistogramFields.Sum),
        (MetricFamilyFields.HistogramSchema, NativeHistogramFields.Schema),
        (MetricFamilyFields.HistogramZeroThreshold, NativeHistogramFields.ZeroThreshold),
        (MetricFamilyFields.HistogramZeroCount, NativeHistogramFields.ZeroCount),
        (MetricFamilyFields.HistogramZeroCountFloat, NativeHistogramFields.ZeroCountFloat),
        (MetricFamilyFields.HistogramNegativeSpan, NativeHistogramFields.NegativeSpans),
        (MetricFamilyFields.HistogramNegativeDelta, NativeHistogramFields.NegativeDeltas),
        (MetricFamilyFields.HistogramNegativeCount, NativeHistogramFields.NegativeCounts),
        (MetricFamilyFields.HistogramPositiveSpan, NativeHistogramFields.PositiveSpans),
        (MetricFamilyFields.HistogramPositiveDelta, NativeHistogramFields.PositiveDeltas),
        (MetricFamilyFields.HistogramPositiveCount, NativeHistogramFields.PositiveCounts),
    ];

    private static readonly int[] RemoteWriteNumbers = NumbersBy(static field => field.MetricFamily, static field => field.RemoteWrite);
    private static readonly int[] MetricFamilyNumbers = NumbersBy(static field => field.RemoteWrite, static field => field.MetricFamily);

    /// <summary>The field number in remote write; 0 for a field that a native histogram of remote write does not have.</summary>
    public static int ToRemoteWrite(int field) => RemoteWriteNumbers.ElementAtOrDefault(field);

    /// <summary>Writes a <see cref="NativeHistogram"/>'s bytes in the protobuf of client libraries.</summary>
    public static void Write(ref ProtobufWriter writer, ReadOnlySpan<byte> histogram)
    {
        var reader = new ProtobufReader(histogram);
        while (reader.TryReadTag(out var field, out var type))
        {
            var start = histogram.Length - reader.BytesLeft;
            reader.TrySkip(type);

            // The reset hint has no number here: the protobuf of client libraries expresses it by the family's type.
            field = MetricFamilyNumbers.ElementAtOrDefault(field);
            if (field != 0)
            {
                writer.WriteTag(field, type);
                writer.WriteRaw(histogram[start..^reader.BytesLeft]);
            }
        }
    }

    private static int[] NumbersBy(Func<(int MetricFamily, int RemoteWrite), int> from, Func<(int MetricFamily, int RemoteWrite), int> to)
    {
        var numbers = new int[Fields.Max(from) + 1];
        foreach (var field in Fields)
        {
            numbers[from(field)] = to(field);
        }

        return numbers;
    }
}
