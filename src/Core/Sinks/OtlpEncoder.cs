using System.IO.Compression;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Sinks;

/// <summary>
/// Encodes samples as OTLP's <c>ExportMetricsServiceRequest</c> (opentelemetry-proto <c>metrics/v1</c>): gauge data points that carry the
/// series' final name and labels. Anything richer would be renamed or reformatted by a collector on its way to Prometheus. Native histograms
/// are exponential histograms, which keep their names, cumulative ones, since collectors drop others.
/// Allocates nothing once its buffers have grown, gzip apart.
/// </summary>
/// <param name="gzip">Whether the body is compressed.</param>
internal sealed class OtlpEncoder(bool gzip) : IRequestEncoder
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary><c>DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK</c>.</summary>
    private const ulong NoRecordedValue = 1;

    /// <summary>Up to here every integer is a double of its own; beyond, as_int would claim precision that is not there.</summary>
    private const double MaxExactInteger = 1L << 53;

    /// <summary><c>AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE</c>.</summary>
    private const ulong Cumulative = 2;

    // The request, its resource and its scope: three tags, two long lengths and an empty one.
    private const int MaxHeaderBytes = 14;

    // What the lengths of a metric and of its data take beyond one byte each.
    private const int MaxLengthBytes = 8;

    /// <summary>By how many bytes a request is counted too high, at most: the header is at least six bytes.</summary>
    internal const int MaxOvercount = MaxLengthBytes + MaxHeaderBytes - 6;

    private readonly OtlpHistogramPoint _histogram = new();
    private readonly ReusableBuffer _message = new();

    public EncodedRequest Encode(SampleRange range, int maxBytes)
    {
        var request = EncodeMessage(range, maxBytes);
        return gzip && request.Refusal is null ? request with { Body = Compress(request.Body.Span) } : request;
    }

    public void Trim(int maxBytes) => _message.Trim(maxBytes);

    private static ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> message)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(message);
        }

        return compressed.GetBuffer().AsMemory(0, (int)compressed.Length);
    }

    // The header holds the length of the metrics. So space is left for it, the metrics are written, and the header is put before them.
    private EncodedRequest EncodeMessage(SampleRange range, int maxBytes)
    {
        var writer = new ProtobufWriter(_message);
        writer.Skip(MaxHeaderBytes);
        var samples = WriteMetrics(ref writer, range, maxBytes, out var inexpressible);
        if (inexpressible is not null && samples == 0)
        {
            return new EncodedRequest(default, 1, inexpressible);
        }

        var metrics = writer.Position - MaxHeaderBytes;
        Span<byte> header = stackalloc byte[MaxHeaderBytes];
        var length = WriteHeader(header, metrics);
        var message = _message.Take(writer.Position)[(MaxHeaderBytes - length)..];
        header[..length].CopyTo(message.Span);
        return new EncodedRequest(message, samples);
    }

    private static int WriteHeader(Span<byte> destination, int metrics)
    {
        Span<byte> resource = stackalloc byte[ProtobufWriter.MaxVarintBytes + 3];
        (resource[0], resource[1], resource[2]) = (Tag(OtlpFields.ResourceMetricsResource), 0, Tag(OtlpFields.ResourceMetricsScopeMetrics));
        resource = resource[..(3 + ProtobufWriter.WriteVarint(resource[3..], (ulong)metrics))];
        destination[0] = Tag(OtlpFields.RequestResourceMetrics);
        var length = 1 + ProtobufWriter.WriteVarint(destination[1..], (ulong)(resource.Length + metrics));
        resource.CopyTo(destination[length..]);
        return length + resource.Length;
    }

    private static byte Tag(int field) => (byte)((field << ProtobufWriter.WireTypeBits) | (int)WireType.LengthDelimited);

    // Series of one name that stand apart make two metrics of the same name, which receivers merge. Returns how many samples were written;
    // with none, the reason why OTLP cannot express the first.
    private int WriteMetrics(ref ProtobufWriter writer, SampleRange range, int maxBytes, out string? inexpressible)
    {
        var batch = range.Batch;
        var (samples, name, isHistogram) = (0, -1, false);
        OpenMetric metric = default;
        inexpressible = null;
        foreach (var run in new SeriesRuns(range.Samples.Span))
        {
            ref readonly var series = ref batch.Series[run[0].Series];
            if (series.Name != name || run[0].Sample.IsHistogram != isHistogram)
            {
                EndMetric(ref writer, metric);
                (name, isHistogram) = (series.Name, run[0].Sample.IsHistogram);
                metric = BeginMetric(ref writer, batch.Symbols[name], isHistogram);
            }

            foreach (ref readonly var sample in run)
            {
                var end = writer.Position;
                inexpressible = isHistogram ? ReadHistogram(batch, series, sample.Sample) : null;
                if (inexpressible is null)
                {
                    WritePoint(ref writer, batch, series, sample.Sample);
                    if (samples == 0 || writer.Position <= maxBytes - MaxLengthBytes)
                    {
                        samples++;
                        continue;
                    }
                }

                writer.Truncate(end);
                EndMetric(ref writer, metric);
                return samples;
            }
        }

        EndMetric(ref writer, metric);
        return samples;
    }

    private static OpenMetric BeginMetric(ref ProtobufWriter writer, ReadOnlySpan<byte> name, bool isHistogram)
    {
        var before = writer.Position;
        var metric = writer.Begin(OtlpFields.ScopeMetricsMetrics);
        writer.WriteBytes(OtlpFields.MetricName, name);
        var data = writer.Begin(isHistogram ? OtlpFields.MetricExponentialHistogram : OtlpFields.MetricGauge);
        if (isHistogram)
        {
            writer.WriteVarint(OtlpFields.AggregationTemporality, Cumulative);
        }

        return new OpenMetric(before, metric, data, writer.Position);
    }

    // A metric without points is taken back.
    private static void EndMetric(ref ProtobufWriter writer, OpenMetric metric)
    {
        if (writer.Position == metric.Points)
        {
            writer.Truncate(metric.Before);
        }
        else if (metric.Points > 0)
        {
            writer.End(metric.Data);
            writer.End(metric.Metric);
        }
    }

    private string? ReadHistogram(MetricBatch batch, in Series series, in Sample sample) =>
        _histogram.Read(batch.Symbols[sample.Histogram]) is { } reason
            ? $"the native histogram \"{batch.Symbols.GetString(series.Name)}\" cannot be expressed: {reason}"
            : null;

    private void WritePoint(ref ProtobufWriter destination, MetricBatch batch, in Series series, in Sample sample)
    {
        // A copy, so that its position is no field in memory.
        var writer = destination;
        var start = writer.Begin(OtlpFields.DataPoints);
        if (sample.IsHistogram)
        {
            WriteAttributes(ref writer, OtlpFields.HistogramAttributes, batch, series);
            _histogram.Write(ref writer, (ulong)Nanoseconds(sample.TimestampMs));
        }
        else
        {
            WriteDataPoint(ref writer, batch, series, sample);
        }

        writer.End(start);
        destination = writer;
    }

    private static void WriteDataPoint(ref ProtobufWriter writer, MetricBatch batch, in Series series, in Sample sample)
    {
        writer.WriteFixed64(OtlpFields.NumberTime, (ulong)Nanoseconds(sample.TimestampMs));
        if (StaleMarker.Is(sample.Value))
        {
            WriteAttributes(ref writer, OtlpFields.NumberAttributes, batch, series);
            writer.WriteVarint(OtlpFields.NumberFlags, NoRecordedValue);
            return;
        }

        if (IsExactInteger(sample, out var integer))
        {
            writer.WriteFixed64(OtlpFields.NumberAsInt, (ulong)integer);
        }
        else
        {
            writer.WriteDouble(OtlpFields.NumberAsDouble, sample.Value);
        }

        WriteAttributes(ref writer, OtlpFields.NumberAttributes, batch, series);
    }

    private static void WriteAttributes(ref ProtobufWriter destination, int field, MetricBatch batch, in Series series)
    {
        var writer = destination;
        var symbols = batch.Symbols;
        foreach (var label in batch.LabelsOf(series))
        {
            var attribute = writer.Begin(field);
            writer.WriteBytes(OtlpFields.AttributeKey, symbols[label.Name]);
            var value = writer.Begin(OtlpFields.AttributeValue);
            writer.WriteBytes(OtlpFields.StringValue, symbols[label.Value]);
            writer.End(value);
            writer.End(attribute);
        }

        destination = writer;
    }

    // -0 is no integer: its sign would be lost.
    private static bool IsExactInteger(in Sample sample, out long integer)
    {
        integer = 0;
        if (!sample.IsInteger || !(Math.Abs(sample.Value) <= MaxExactInteger))
        {
            return false;
        }

        integer = (long)sample.Value;
        return BitConverter.DoubleToInt64Bits(integer) == BitConverter.DoubleToInt64Bits(sample.Value);
    }

    // Times beyond what nanoseconds can count (the years 1677 to 2262) stop at the end; PushLimits accepts none.
    private static long Nanoseconds(long milliseconds) =>
        Math.Clamp(milliseconds, long.MinValue / NanosecondsPerMillisecond, long.MaxValue / NanosecondsPerMillisecond)
        * NanosecondsPerMillisecond;

    // Positions: before the metric, where it begins, where its data begins, and where the points begin.
    private readonly record struct OpenMetric(int Before, int Metric, int Data, int Points);
}
