using Google.Protobuf;
using Google.Protobuf.Collections;
using PushGateway.Model;
using PushGateway.Reference.ClientModel;
using PushGateway.Reference.Otlp;
using RemoteWrite = PushGateway.Reference.RemoteWriteV1;

namespace PushGateway.Core.Tests.Histograms;

/// <summary>What a client library's native histogram is elsewhere, worked out from the descriptions of the formats.</summary>
internal static class HistogramModel
{
    /// <summary>In remote write, 1.0 and 2.0.</summary>
    public static RemoteWrite.Histogram ToRemoteWrite(Histogram histogram, long timestampMs, bool isGauge = false)
    {
        var written = new RemoteWrite.Histogram
        {
            Sum = histogram.SampleSum,
            Schema = histogram.Schema,
            ZeroThreshold = histogram.ZeroThreshold,
            PositiveSpans = { histogram.PositiveSpan.Select(Span) },
            NegativeSpans = { histogram.NegativeSpan.Select(Span) },
            PositiveDeltas = { histogram.PositiveDelta },
            NegativeDeltas = { histogram.NegativeDelta },
            PositiveCounts = { histogram.PositiveCount },
            NegativeCounts = { histogram.NegativeCount },
            ResetHint = isGauge ? RemoteWrite.Histogram.Types.ResetHint.Gauge : RemoteWrite.Histogram.Types.ResetHint.Unknown,
            Timestamp = timestampMs,
        };
        if (histogram.HasSampleCountFloat)
        {
            written.CountFloat = histogram.SampleCountFloat;
        }
        else
        {
            written.CountInt = histogram.SampleCount;
        }

        if (histogram.HasZeroCountFloat)
        {
            written.ZeroCountFloat = histogram.ZeroCountFloat;
        }
        else if (histogram.HasZeroCount)
        {
            written.ZeroCountInt = histogram.ZeroCount;
        }

        return written;
    }

    /// <summary>In OTLP, as a map from each bucket's index to its count on either side.</summary>
    public static ExponentialHistogramDataPoint ToOtlp(Histogram histogram, long timestampMs)
    {
        var isFloat = histogram.HasSampleCountFloat;
        return new ExponentialHistogramDataPoint
        {
            TimeUnixNano = (ulong)timestampMs * 1_000_000,
            Count = isFloat ? (ulong)histogram.SampleCountFloat : histogram.SampleCount,
            Sum = histogram.SampleSum,
            Scale = histogram.Schema,
            ZeroCount = isFloat ? (ulong)histogram.ZeroCountFloat : histogram.ZeroCount,
            ZeroThreshold = histogram.ZeroThreshold,
            Positive = Dense(histogram.PositiveSpan, Counts(histogram.PositiveDelta, histogram.PositiveCount)),
            Negative = Dense(histogram.NegativeSpan, Counts(histogram.NegativeDelta, histogram.NegativeCount)),
        };
    }

    /// <summary>The histogram's bytes as a symbol of a batch.</summary>
    public static int Intern(Histogram histogram, SymbolTable symbols) => symbols.Intern(ToRemoteWrite(histogram, 0).ToByteArray());

    private static RemoteWrite.BucketSpan Span(BucketSpan span) => new() { Offset = span.Offset, Length = span.Length };

    private static List<ulong> Counts(RepeatedField<long> deltas, RepeatedField<double> floats)
    {
        var counts = new List<ulong>();
        foreach (var delta in deltas)
        {
            counts.Add((ulong)((counts.Count == 0 ? 0 : (long)counts[^1]) + delta));
        }

        return deltas.Count > 0 ? counts : [.. floats.Select(count => (ulong)count)];
    }

    // Prometheus' bucket i ends at base^i, OTLP's begins there.
    private static ExponentialHistogramDataPoint.Types.Buckets? Dense(RepeatedField<BucketSpan> spans, List<ulong> counts)
    {
        var byIndex = new SortedDictionary<int, ulong>();
        var (index, next) = (0, 0);
        foreach (var span in spans)
        {
            index += span.Offset;
            for (var i = 0; i < span.Length; i++)
            {
                byIndex[index++ - 1] = counts[next++];
            }
        }

        // Empty spans at the ends count as empty buckets.
        var first = spans.Count == 0 ? 0 : spans[0].Offset - 1;
        var width = spans.Sum(span => span.Length) + spans.Skip(1).Sum(span => span.Offset);
        return width == 0 ? null : new ExponentialHistogramDataPoint.Types.Buckets
        {
            Offset = first,
            BucketCounts = { Enumerable.Range(first, (int)width).Select(i => byIndex.GetValueOrDefault(i)) },
        };
    }
}
