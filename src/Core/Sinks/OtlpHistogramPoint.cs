using System.Runtime.InteropServices;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Sinks;

/// <summary>
/// A native histogram as OTLP's <c>ExponentialHistogramDataPoint</c>. Scale is schema, and buckets have other indexes by one: OTLP's index
/// is that of a bucket's lower bound, Prometheus' that of its upper one. Reusable; not thread-safe.
/// </summary>
/// <remarks>
/// The collector's prometheusremotewrite exporter makes the same native histogram of it, but for the zero bucket, whose width it sets to
/// 1e-128 whatever was sent, and for gauge histograms, which it has no word for.
/// </remarks>
internal sealed class OtlpHistogramPoint
{
    private const string Fractions = "its counts are not whole numbers";

    private readonly NativeHistogram _histogram = new();
    private readonly List<ulong> _positive = [];
    private readonly List<ulong> _negative = [];

    /// <summary>Takes the bytes of a histogram in place of the one before. Null, or why OTLP cannot express it.</summary>
    public string? Read(ReadOnlySpan<byte> bytes)
    {
        _histogram.Read(bytes);
        if (_histogram.IsFloat && !(GoFloat.IsWhole(_histogram.CountFloat) && GoFloat.IsWhole(_histogram.ZeroCountFloat)))
        {
            return Fractions;
        }

        return ReadSide(_histogram.Positive, _positive) ?? ReadSide(_histogram.Negative, _negative);
    }

    /// <summary>Writes everything but the attributes.</summary>
    public void Write(ref ProtobufWriter writer, ulong timeUnixNano)
    {
        writer.WriteFixed64(OtlpFields.HistogramTime, timeUnixNano);
        writer.WriteFixed64(OtlpFields.HistogramCount, _histogram.IsFloat ? (ulong)_histogram.CountFloat : _histogram.Count);
        writer.WriteDouble(OtlpFields.HistogramSum, _histogram.Sum);
        writer.WriteVarint(OtlpFields.HistogramScale, ProtobufWriter.ZigZag(_histogram.Schema));
        writer.WriteFixed64(OtlpFields.HistogramZeroCount, _histogram.IsFloat ? (ulong)_histogram.ZeroCountFloat : _histogram.ZeroCount);
        WriteSide(ref writer, OtlpFields.HistogramPositive, _histogram.Positive, _positive);
        WriteSide(ref writer, OtlpFields.HistogramNegative, _histogram.Negative, _negative);
        writer.WriteDouble(OtlpFields.HistogramZeroThreshold, _histogram.ZeroThreshold);
    }

    // Buckets lie without a gap in OTLP: a few bytes could stand for billions of empty ones.
    private string? ReadSide(NativeBuckets buckets, List<ulong> counts)
    {
        counts.Clear();
        var (next, count) = (0, 0L);
        for (var i = 0; i < buckets.Spans.Length; i++)
        {
            var span = buckets.Spans[i];
            var gap = i == 0 ? 0 : span.Offset;
            if ((long)counts.Count + gap + span.Length > NativeBuckets.Max)
            {
                return $"its buckets lie further apart than {NativeBuckets.Max}";
            }

            CollectionsMarshal.SetCount(counts, counts.Count + gap);
            CollectionsMarshal.AsSpan(counts)[^gap..].Clear();
            for (var end = next + (int)span.Length; next < end; next++)
            {
                count = _histogram.IsFloat ? 0 : count + buckets.Deltas[next];
                if (_histogram.IsFloat && !GoFloat.IsWhole(buckets.Counts[next]))
                {
                    return Fractions;
                }

                counts.Add(_histogram.IsFloat ? (ulong)buckets.Counts[next] : (ulong)count);
            }
        }

        return counts.Count > 0 && (Offset(buckets) < int.MinValue || Offset(buckets) + counts.Count > int.MaxValue)
            ? "its buckets lie beyond 32 bits"
            : null;
    }

    private static long Offset(NativeBuckets buckets) => buckets.Spans[0].Offset - 1L;

    private static void WriteSide(ref ProtobufWriter writer, int field, NativeBuckets buckets, List<ulong> counts)
    {
        if (counts.Count == 0)
        {
            return;
        }

        var side = writer.Begin(field);
        writer.WriteVarint(OtlpFields.BucketsOffset, ProtobufWriter.ZigZag(Offset(buckets)));
        var packed = writer.Begin(OtlpFields.BucketsCounts);
        foreach (var count in counts)
        {
            writer.WriteVarint(count);
        }

        writer.End(packed);
        writer.End(side);
    }
}
