using System.Diagnostics;
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

    private readonly OtlpHistogramPoint _histogram = new();
    private readonly List<long> _dataSizes = [];
    private readonly List<int> _attributesSizes = [];
    private readonly ReusableBuffer _message = new();

    /// <inheritdoc/>
    public string? Refuse(SampleRange range)
    {
        foreach (ref readonly var sample in range.Samples.Span)
        {
            if (sample.Sample.IsHistogram && _histogram.Read(range.Batch.Symbols[sample.Sample.Histogram]) is { } reason)
            {
                var name = range.Batch.Symbols.GetString(range.Batch.Series[sample.Series].Name);
                return $"the native histogram \"{name}\" cannot be expressed: {reason}";
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool TryEncode(SampleRange range, int maxBytes, out ReadOnlyMemory<byte> body)
    {
        if (!TryEncodeMessage(range, maxBytes, out body))
        {
            return false;
        }

        if (gzip)
        {
            using var compressed = new MemoryStream();
            using (var stream = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            {
                stream.Write(body.Span);
            }

            body = compressed.GetBuffer().AsMemory(0, (int)compressed.Length);
        }

        return true;
    }

    /// <summary>The message before compression; valid until the next call.</summary>
    internal bool TryEncodeMessage(SampleRange range, int maxBytes, out ReadOnlyMemory<byte> message)
    {
        message = default;
        var scopeSize = MeasureScope(range);
        var resourceSize = ResourceSize(scopeSize);
        var size = ProtobufSize.LengthDelimited(RequestField.ResourceMetrics, resourceSize);
        if (size > maxBytes)
        {
            return false;
        }

        var buffer = _message.Take((int)size);
        var writer = new ProtobufWriter(buffer.Span);
        writer.WriteLength(RequestField.ResourceMetrics, (int)resourceSize);
        writer.WriteLength(ResourceMetricsField.Resource, 0);
        writer.WriteLength(ResourceMetricsField.ScopeMetrics, (int)scopeSize);
        WriteMetrics(ref writer, range);
        Debug.Assert(writer.Position == size, "what was measured is what is written");
        message = buffer;
        return true;
    }

    private static long ResourceSize(long scopeSize) =>
        ProtobufSize.LengthDelimited(ResourceMetricsField.Resource, 0)
        + ProtobufSize.LengthDelimited(ResourceMetricsField.ScopeMetrics, scopeSize);

    // Gauge and exponential histogram both have numbers of one byte.
    private static long MetricSize(int name, long data) =>
        ProtobufSize.LengthDelimited(MetricField.Name, name) + ProtobufSize.LengthDelimited(MetricField.Gauge, data);

    private static int AttributesSize(MetricBatch batch, in Series series)
    {
        var symbols = batch.Symbols;
        var size = 0;
        foreach (var label in batch.LabelsOf(series))
        {
            size = checked(size + ProtobufSize.LengthDelimited(
                DataPointField.Attributes,
                AttributeSize(symbols[label.Name].Length, symbols[label.Value].Length)));
        }

        return size;
    }

    private static int AttributeSize(int key, int value) =>
        ProtobufSize.LengthDelimited(KeyValueField.Key, key)
        + ProtobufSize.LengthDelimited(KeyValueField.Value, ProtobufSize.LengthDelimited(AnyValueField.StringValue, value));

    private static void WriteAttributes(ref ProtobufWriter destination, int field, MetricBatch batch, in Series series)
    {
        // A copy, so that its position is no field in memory.
        var writer = destination;
        var symbols = batch.Symbols;
        foreach (var label in batch.LabelsOf(series))
        {
            var key = symbols[label.Name];
            var value = symbols[label.Value];
            writer.WriteLength(field, AttributeSize(key.Length, value.Length));
            writer.WriteBytes(KeyValueField.Key, key);
            writer.WriteLength(KeyValueField.Value, ProtobufSize.LengthDelimited(AnyValueField.StringValue, value.Length));
            writer.WriteBytes(AnyValueField.StringValue, value);
        }

        destination = writer;
    }

    private static int DataPointSize(in Sample sample, int attributes) =>
        attributes
        + ProtobufSize.Fixed64(DataPointField.TimeUnixNano)
        + (StaleMarker.Is(sample.Value)
            ? ProtobufSize.Varint(DataPointField.Flags, NoRecordedValue)
            : ProtobufSize.Fixed64(DataPointField.AsDouble));

    private static void WriteDataPoint(ref ProtobufWriter writer, MetricBatch batch, in Series series, in Sample sample)
    {
        writer.WriteFixed64(DataPointField.TimeUnixNano, (ulong)Nanoseconds(sample.TimestampMs));
        if (StaleMarker.Is(sample.Value))
        {
            WriteAttributes(ref writer, DataPointField.Attributes, batch, series);
            writer.WriteVarint(DataPointField.Flags, NoRecordedValue);
            return;
        }

        if (IsExactInteger(sample, out var integer))
        {
            writer.WriteFixed64(DataPointField.AsInt, (ulong)integer);
        }
        else
        {
            writer.WriteDouble(DataPointField.AsDouble, sample.Value);
        }

        WriteAttributes(ref writer, DataPointField.Attributes, batch, series);
    }

    private int PointSize(MetricBatch batch, in Sample sample, int attributes)
    {
        if (!sample.IsHistogram)
        {
            return DataPointSize(sample, attributes);
        }

        _histogram.Read(batch.Symbols[sample.Histogram]);
        return _histogram.Measure(attributes);
    }

    private void WritePoint(ref ProtobufWriter writer, MetricBatch batch, in Series series, in Sample sample, int attributes)
    {
        writer.WriteLength(GaugeField.DataPoints, PointSize(batch, sample, attributes));
        if (sample.IsHistogram)
        {
            WriteAttributes(ref writer, OtlpHistogramPoint.AttributesField, batch, series);
            _histogram.Write(ref writer, (ulong)Nanoseconds(sample.TimestampMs));
        }
        else
        {
            WriteDataPoint(ref writer, batch, series, sample);
        }
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

    // Series of one name that stand apart make two metrics of the same name, which receivers merge.
    private long MeasureScope(SampleRange range)
    {
        var batch = range.Batch;
        _dataSizes.Clear();
        _attributesSizes.Clear();
        long scope = 0;
        long data = 0;
        var (name, isHistogram) = (-1, false);
        foreach (var run in new SeriesRuns(range.Samples.Span))
        {
            ref readonly var series = ref batch.Series[run[0].Series];
            if (name >= 0 && (series.Name != name || run[0].Sample.IsHistogram != isHistogram))
            {
                EndMetric();
            }

            (name, isHistogram) = (series.Name, run[0].Sample.IsHistogram);
            var attributes = AttributesSize(batch, series);
            _attributesSizes.Add(attributes);
            foreach (ref readonly var sample in run)
            {
                data += ProtobufSize.LengthDelimited(GaugeField.DataPoints, PointSize(batch, sample.Sample, attributes));
            }
        }

        if (name >= 0)
        {
            EndMetric();
        }

        return scope;

        void EndMetric()
        {
            data += isHistogram ? ProtobufSize.Varint(ExponentialHistogramField.AggregationTemporality, Cumulative) : 0;
            _dataSizes.Add(data);
            scope += ProtobufSize.LengthDelimited(ScopeMetricsField.Metrics, MetricSize(batch.Symbols[name].Length, data));
            data = 0;
        }
    }

    private void WriteMetrics(ref ProtobufWriter writer, SampleRange range)
    {
        var batch = range.Batch;
        var (name, isHistogram) = (-1, false);
        var metrics = 0;
        var runs = 0;
        foreach (var run in new SeriesRuns(range.Samples.Span))
        {
            ref readonly var series = ref batch.Series[run[0].Series];
            if (series.Name != name || run[0].Sample.IsHistogram != isHistogram)
            {
                (name, isHistogram) = (series.Name, run[0].Sample.IsHistogram);
                BeginMetric(ref writer, batch.Symbols[name], (int)_dataSizes[metrics++], isHistogram);
            }

            var attributes = _attributesSizes[runs++];
            foreach (ref readonly var sample in run)
            {
                WritePoint(ref writer, batch, series, sample.Sample, attributes);
            }
        }
    }

    private static void BeginMetric(ref ProtobufWriter writer, ReadOnlySpan<byte> name, int data, bool isHistogram)
    {
        writer.WriteLength(ScopeMetricsField.Metrics, (int)MetricSize(name.Length, data));
        writer.WriteBytes(MetricField.Name, name);
        writer.WriteLength(isHistogram ? MetricField.ExponentialHistogram : MetricField.Gauge, data);
        if (isHistogram)
        {
            writer.WriteVarint(ExponentialHistogramField.AggregationTemporality, Cumulative);
        }
    }

    private static class RequestField
    {
        public const int ResourceMetrics = 1;
    }

    private static class ResourceMetricsField
    {
        public const int Resource = 1;
        public const int ScopeMetrics = 2;
    }

    private static class ScopeMetricsField
    {
        public const int Metrics = 2;
    }

    private static class MetricField
    {
        public const int Name = 1;
        public const int Gauge = 5;
        public const int ExponentialHistogram = 10;
    }

    /// <summary>Of gauge and exponential histogram.</summary>
    private static class GaugeField
    {
        public const int DataPoints = 1;
    }

    private static class ExponentialHistogramField
    {
        public const int AggregationTemporality = 2;
    }

    private static class DataPointField
    {
        public const int TimeUnixNano = 3;
        public const int AsDouble = 4;
        public const int AsInt = 6;
        public const int Attributes = 7;
        public const int Flags = 8;
    }

    private static class KeyValueField
    {
        public const int Key = 1;
        public const int Value = 2;
    }

    private static class AnyValueField
    {
        public const int StringValue = 1;
    }
}
