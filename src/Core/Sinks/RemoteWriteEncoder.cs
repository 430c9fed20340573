using System.Diagnostics;
using PushGateway.Model;
using PushGateway.Wire;
using Snappier;

namespace PushGateway.Sinks;

/// <summary>
/// Encodes samples as <c>prometheus.WriteRequest</c> of remote write 1.0 (Prometheus <c>prompb/remote.proto</c> and <c>types.proto</c>),
/// in snappy's block format. Once its buffers have grown, it allocates nothing, and Snappier one small object a request.
/// </summary>
/// <param name="sendMetadata">Whether type, help and unit of the families go along.</param>
internal sealed class RemoteWriteEncoder(bool sendMetadata) : IRequestEncoder
{
    /// <summary>
    /// Longest metadata sent, in bytes of name, help and unit together. Cortex, which AMP is built on, answers 400 to a request with
    /// more than this in one of the three (<c>max_metadata_length</c>); the samples matter more than their description.
    /// </summary>
    internal const int MaxMetadataBytes = 1024;

    private readonly List<int> _seriesSizes = [];
    private readonly List<int> _familyNames = [];
    private readonly ReusableBuffer _message = new();
    private readonly ReusableBuffer _compressed = new();

    // By symbol of the family's name: index of the family to describe, plus one.
    private int[] _familyOfName = [];

    private static ReadOnlySpan<byte> NameLabel => "__name__"u8;

    /// <inheritdoc/>
    public bool TryEncode(SampleRange range, int maxBytes, out ReadOnlyMemory<byte> body)
    {
        body = default;
        if (!TryEncodeMessage(range, maxBytes, out var message))
        {
            return false;
        }

        var compressed = _compressed.Take(Snappy.GetMaxCompressedLength(message.Length));
        body = compressed[..Snappy.Compress(message.Span, compressed.Span)];
        return true;
    }

    /// <summary>The message before compression; valid until the next call.</summary>
    internal bool TryEncodeMessage(SampleRange range, int maxBytes, out ReadOnlyMemory<byte> message)
    {
        message = default;
        var size = Measure(range);
        if (size > maxBytes)
        {
            return false;
        }

        var batch = range.Batch;
        var buffer = _message.Take((int)size);
        var writer = new ProtobufWriter(buffer.Span);
        var index = 0;
        foreach (var run in new SeriesRuns(range.Samples.Span))
        {
            writer.WriteLength(WriteRequestField.TimeSeries, _seriesSizes[index++]);
            WriteSeries(ref writer, batch, run);
        }

        foreach (var name in _familyNames)
        {
            WriteMetadata(ref writer, batch, batch.Families[_familyOfName[name] - 1]);
        }

        Debug.Assert(writer.Position == size, "what was measured is what is written");
        message = buffer;
        return true;
    }

    private static int SeriesSize(MetricBatch batch, ReadOnlySpan<SeriesSample> run)
    {
        var symbols = batch.Symbols;
        ref readonly var series = ref batch.Series[run[0].Series];
        var size = (long)ProtobufSize.LengthDelimited(TimeSeriesField.Labels, LabelSize(NameLabel.Length, symbols[series.Name].Length));
        foreach (var label in batch.LabelsOf(series))
        {
            size += ProtobufSize.LengthDelimited(
                TimeSeriesField.Labels,
                LabelSize(symbols[label.Name].Length, symbols[label.Value].Length));
        }

        foreach (ref readonly var sample in run)
        {
            size += sample.Sample.IsHistogram
                ? ProtobufSize.LengthDelimited(TimeSeriesField.Histograms, HistogramSize(batch, sample.Sample))
                : ProtobufSize.LengthDelimited(TimeSeriesField.Samples, SampleSize(sample.Sample));
        }

        return checked((int)size);
    }

    private static void WriteSeries(ref ProtobufWriter writer, MetricBatch batch, ReadOnlySpan<SeriesSample> run)
    {
        var symbols = batch.Symbols;
        ref readonly var series = ref batch.Series[run[0].Series];

        // The specification wants labels sorted by name, and capitals sort before the underscore of __name__.
        var labels = batch.LabelsOf(series);
        var before = 0;
        while (before < labels.Length && symbols[labels[before].Name].SequenceCompareTo(NameLabel) < 0)
        {
            WriteLabel(ref writer, symbols[labels[before].Name], symbols[labels[before].Value]);
            before++;
        }

        WriteLabel(ref writer, NameLabel, symbols[series.Name]);
        foreach (var label in labels[before..])
        {
            WriteLabel(ref writer, symbols[label.Name], symbols[label.Value]);
        }

        foreach (ref readonly var sample in run)
        {
            if (sample.Sample.IsHistogram)
            {
                WriteHistogram(ref writer, batch, sample.Sample);
            }
            else
            {
                WriteSample(ref writer, sample.Sample);
            }
        }
    }

    private static int LabelSize(int name, int value) =>
        ProtobufSize.LengthDelimited(LabelField.Name, name) + ProtobufSize.LengthDelimited(LabelField.Value, value);

    private static void WriteLabel(ref ProtobufWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        writer.WriteLength(TimeSeriesField.Labels, LabelSize(name.Length, value.Length));
        writer.WriteBytes(LabelField.Name, name);
        writer.WriteBytes(LabelField.Value, value);
    }

    // A default value is left out, as proto3 has it; the default of a double is zero with every bit zero, which -0 is not.
    private static int SampleSize(in Sample sample) =>
        (BitConverter.DoubleToUInt64Bits(sample.Value) == 0 ? 0 : ProtobufSize.Fixed64(SampleField.Value))
        + (sample.TimestampMs == 0 ? 0 : ProtobufSize.Varint(SampleField.Timestamp, (ulong)sample.TimestampMs));

    private static void WriteSample(ref ProtobufWriter writer, in Sample sample)
    {
        writer.WriteLength(TimeSeriesField.Samples, SampleSize(sample));
        if (BitConverter.DoubleToUInt64Bits(sample.Value) != 0)
        {
            writer.WriteDouble(SampleField.Value, sample.Value);
        }

        if (sample.TimestampMs != 0)
        {
            writer.WriteVarint(SampleField.Timestamp, (ulong)sample.TimestampMs);
        }
    }

    // A histogram's bytes are the message but for its time.
    private static int HistogramSize(MetricBatch batch, in Sample sample) =>
        batch.Symbols[sample.Histogram].Length
        + (sample.TimestampMs == 0 ? 0 : ProtobufSize.Varint(NativeHistogramFields.Timestamp, (ulong)sample.TimestampMs));

    private static void WriteHistogram(ref ProtobufWriter writer, MetricBatch batch, in Sample sample)
    {
        writer.WriteLength(TimeSeriesField.Histograms, HistogramSize(batch, sample));
        writer.WriteRaw(batch.Symbols[sample.Histogram]);
        if (sample.TimestampMs != 0)
        {
            writer.WriteVarint(NativeHistogramFields.Timestamp, (ulong)sample.TimestampMs);
        }
    }

    private static int MetadataSize(MetricBatch batch, in MetricFamily family) =>
        (family.Type == MetricType.Unspecified ? 0 : ProtobufSize.Varint(MetadataField.Type, (ulong)family.Type))
        + StringSize(batch, MetadataField.FamilyName, family.Name)
        + StringSize(batch, MetadataField.Help, family.Help)
        + StringSize(batch, MetadataField.Unit, family.Unit);

    private static void WriteMetadata(ref ProtobufWriter writer, MetricBatch batch, in MetricFamily family)
    {
        writer.WriteLength(WriteRequestField.Metadata, MetadataSize(batch, family));
        if (family.Type != MetricType.Unspecified)
        {
            writer.WriteVarint(MetadataField.Type, (ulong)family.Type);
        }

        WriteString(ref writer, batch, MetadataField.FamilyName, family.Name);
        WriteString(ref writer, batch, MetadataField.Help, family.Help);
        WriteString(ref writer, batch, MetadataField.Unit, family.Unit);
    }

    private static int StringSize(MetricBatch batch, int field, int symbol) =>
        symbol == 0 ? 0 : ProtobufSize.LengthDelimited(field, batch.Symbols[symbol].Length);

    private static void WriteString(ref ProtobufWriter writer, MetricBatch batch, int field, int symbol)
    {
        if (symbol != 0)
        {
            writer.WriteBytes(field, batch.Symbols[symbol]);
        }
    }

    private long Measure(SampleRange range)
    {
        var batch = range.Batch;
        long size = 0;
        _seriesSizes.Clear();
        foreach (var run in new SeriesRuns(range.Samples.Span))
        {
            var series = SeriesSize(batch, run);
            _seriesSizes.Add(series);
            size += ProtobufSize.LengthDelimited(WriteRequestField.TimeSeries, series);
        }

        CollectFamilies(range);
        foreach (var name in _familyNames)
        {
            size += ProtobufSize.LengthDelimited(WriteRequestField.Metadata, MetadataSize(batch, batch.Families[_familyOfName[name] - 1]));
        }

        return size;
    }

    // One description per name, as the target keeps it. Of several, which come from different pushes, the latest push's is sent.
    private void CollectFamilies(SampleRange range)
    {
        var batch = range.Batch;
        _familyNames.Clear();
        if (!sendMetadata)
        {
            return;
        }

        if (_familyOfName.Length < batch.Symbols.Count)
        {
            _familyOfName = new int[batch.Symbols.Count * 2];
        }

        Array.Clear(_familyOfName, 0, batch.Symbols.Count);
        var last = -1;
        foreach (var run in new SeriesRuns(range.Samples.Span))
        {
            var index = batch.Series[run[0].Series].Family;
            if (index == last)
            {
                continue;
            }

            last = index;
            ref readonly var family = ref batch.Families[index];
            if (!IsWorthSending(batch, family))
            {
                continue;
            }

            ref var latest = ref _familyOfName[family.Name];
            if (latest == 0)
            {
                _familyNames.Add(family.Name);
            }

            latest = Math.Max(latest, index + 1);
        }
    }

    // Without type, help and unit there is nothing to say, and saying it would wipe out what the target knows.
    private static bool IsWorthSending(MetricBatch batch, in MetricFamily family)
    {
        var symbols = batch.Symbols;
        return (family.Type != MetricType.Unspecified || family.Help != 0 || family.Unit != 0)
            && symbols[family.Name].Length + symbols[family.Help].Length + symbols[family.Unit].Length <= MaxMetadataBytes;
    }

    private static class WriteRequestField
    {
        public const int TimeSeries = 1;
        public const int Metadata = 3;
    }

    private static class TimeSeriesField
    {
        public const int Labels = 1;
        public const int Samples = 2;
        public const int Histograms = 4;
    }

    private static class LabelField
    {
        public const int Name = 1;
        public const int Value = 2;
    }

    private static class SampleField
    {
        public const int Value = 1;
        public const int Timestamp = 2;
    }

    private static class MetadataField
    {
        public const int Type = 1;
        public const int FamilyName = 2;
        public const int Help = 4;
        public const int Unit = 5;
    }
}
