using PushGateway.Model;
using PushGateway.Wire;
using Snappier;

namespace PushGateway.Sinks;

/// <summary>
/// Encodes samples as <c>prometheus.WriteRequest</c> of remote write 1.0 (Prometheus <c>prompb/remote.proto</c> and <c>types.proto</c>),
/// in snappy's block format. Once its buffers have grown, it allocates nothing, and Snappier one small object a request.
/// </summary>
/// <param name="sendMetadata">Whether the request describes the families: type, help and unit.</param>
internal sealed class RemoteWriteEncoder(bool sendMetadata) : IRequestEncoder
{
    /// <summary>
    /// Longest metadata sent, in bytes of name, help and unit together. Cortex, which AMP is built on, answers 400 to a request with
    /// more than this in one of the three (<c>max_metadata_length</c>); the samples matter more than their description.
    /// </summary>
    internal const int MaxMetadataBytes = 1024;

    /// <summary>Tags, lengths and type of a description. Each description is counted with so many.</summary>
    internal const int MaxMetadataOverhead = 16;

    /// <summary>What the length of a series takes beyond one byte. The last series is counted with so many.</summary>
    internal const int MaxLengthBytes = 4;

    private readonly List<int> _describedNames = [];
    private readonly ReusableBuffer _message = new();
    private readonly ReusableBuffer _compressed = new();

    // By symbol of the family's name: index of the family to describe, plus one.
    private int[] _familyOfName = [];
    private int _metadataBytes;

    private static ReadOnlySpan<byte> NameLabel => "__name__"u8;

    public EncodedRequest Encode(SampleRange range, int maxBytes)
    {
        var samples = EncodeMessage(range, maxBytes, out var message);
        var compressed = _compressed.Take(Snappy.GetMaxCompressedLength(message.Length));
        return new EncodedRequest(compressed[..Snappy.Compress(message.Span, compressed.Span)], samples);
    }

    public void Trim(int maxBytes)
    {
        _message.Trim(maxBytes);
        _compressed.Trim(maxBytes);
        ReuseLimit.Trim(_describedNames);
        ReuseLimit.Trim(ref _familyOfName);
    }

    /// <summary>Encodes the message, without compression; it is valid until the next call.</summary>
    /// <returns>How many samples are in it.</returns>
    internal int EncodeMessage(SampleRange range, int maxBytes, out ReadOnlyMemory<byte> message)
    {
        var batch = range.Batch;
        BeginMetadata(batch);
        var writer = new ProtobufWriter(_message);
        var samples = 0;
        foreach (var run in new SeriesRuns(range.Samples.Span))
        {
            var family = batch.Series[run[0].Series].Family;
            var metadata = MeasureMetadata(batch, family);
            var written = WriteSeries(ref writer, batch, run, mustFit: samples > 0, maxBytes - _metadataBytes - metadata);
            samples += written;
            if (written > 0)
            {
                Describe(batch, family, metadata);
            }

            if (written < run.Length)
            {
                break;
            }
        }

        WriteMetadata(ref writer, batch);
        message = writer.Written;
        return samples;
    }

    // Writes samples of one series until the next would exceed the limit. Returns how many; with none, the series is not written.
    private static int WriteSeries(ref ProtobufWriter destination, MetricBatch batch, ReadOnlySpan<SeriesSample> run, bool mustFit, int maxBytes)
    {
        // A copy, so that its position is no field in memory.
        var writer = destination;
        var before = writer.Position;
        var start = writer.Begin(Field.RequestTimeSeries);
        WriteLabels(ref writer, batch, batch.Series[run[0].Series]);
        var written = 0;
        foreach (ref readonly var sample in run)
        {
            var end = writer.Position;
            if (sample.Sample.IsHistogram)
            {
                WriteHistogram(ref writer, batch, sample.Sample);
            }
            else
            {
                WriteSample(ref writer, sample.Sample);
            }

            if (writer.Position > maxBytes - MaxLengthBytes && (mustFit || written > 0))
            {
                writer.Truncate(end);
                break;
            }

            written++;
        }

        if (written > 0)
        {
            writer.End(start);
        }
        else
        {
            writer.Truncate(before);
        }

        destination = writer;
        return written;
    }

    private static void WriteLabels(ref ProtobufWriter writer, MetricBatch batch, in Series series)
    {
        // The specification wants labels sorted by name, and capitals sort before the underscore of __name__.
        var symbols = batch.Symbols;
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
    }

    private static void WriteLabel(ref ProtobufWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var start = writer.Begin(Field.TimeSeriesLabels);
        writer.WriteBytes(Field.LabelName, name);
        writer.WriteBytes(Field.LabelValue, value);
        writer.End(start);
    }

    // A default value is left out, as proto3 has it; the default of a double is zero with every bit zero, which -0 is not.
    private static void WriteSample(ref ProtobufWriter writer, in Sample sample)
    {
        var start = writer.Begin(Field.TimeSeriesSamples);
        if (BitConverter.DoubleToUInt64Bits(sample.Value) != 0)
        {
            writer.WriteDouble(Field.SampleValue, sample.Value);
        }

        if (sample.TimestampMs != 0)
        {
            writer.WriteVarint(Field.SampleTimestamp, (ulong)sample.TimestampMs);
        }

        writer.End(start);
    }

    // The symbol of a histogram is the message without its time.
    private static void WriteHistogram(ref ProtobufWriter writer, MetricBatch batch, in Sample sample)
    {
        var start = writer.Begin(Field.TimeSeriesHistograms);
        writer.WriteRaw(batch.Symbols[sample.Histogram]);
        if (sample.TimestampMs != 0)
        {
            writer.WriteVarint(NativeHistogramFields.Timestamp, (ulong)sample.TimestampMs);
        }

        writer.End(start);
    }

    private void BeginMetadata(MetricBatch batch)
    {
        _metadataBytes = 0;
        if (_familyOfName.Length < batch.Symbols.Count)
        {
            _familyOfName = new int[batch.Symbols.Count * 2];
        }
    }

    // The bytes that describing the family adds to the request, at most. A description takes the place of one of the same name.
    private int MeasureMetadata(MetricBatch batch, int index)
    {
        var described = _familyOfName[batch.Families[index].Name];
        return described > index || SizeOfDescription(batch, index) is not (> 0 and var size) ? 0
            : size - (described == 0 ? 0 : SizeOfDescription(batch, described - 1));
    }

    // 0 when the family is not described. Without type, help and unit there is nothing to describe, and an empty description would wipe out
    // what the target knows.
    private int SizeOfDescription(MetricBatch batch, int index)
    {
        ref readonly var family = ref batch.Families[index];
        if (!sendMetadata || family is { Type: MetricType.Unspecified, Help: 0, Unit: 0 })
        {
            return 0;
        }

        var bytes = batch.Symbols[family.Name].Length + batch.Symbols[family.Help].Length + batch.Symbols[family.Unit].Length;
        return bytes > MaxMetadataBytes ? 0 : bytes + MaxMetadataOverhead;
    }

    // One description per name, as the target keeps it. Of several, which come from different pushes, that of the latest push is sent.
    private void Describe(MetricBatch batch, int index, int metadata)
    {
        ref var described = ref _familyOfName[batch.Families[index].Name];
        if (described > index || SizeOfDescription(batch, index) == 0)
        {
            return;
        }

        if (described == 0)
        {
            _describedNames.Add(batch.Families[index].Name);
        }

        described = index + 1;
        _metadataBytes += metadata;
    }

    private void WriteMetadata(ref ProtobufWriter writer, MetricBatch batch)
    {
        foreach (var name in _describedNames)
        {
            WriteMetadata(ref writer, batch, batch.Families[_familyOfName[name] - 1]);
            _familyOfName[name] = 0;
        }

        _describedNames.Clear();
    }

    private static void WriteMetadata(ref ProtobufWriter writer, MetricBatch batch, in MetricFamily family)
    {
        var start = writer.Begin(Field.RequestMetadata);
        if (family.Type != MetricType.Unspecified)
        {
            writer.WriteVarint(Field.MetadataType, (ulong)family.Type);
        }

        WriteString(ref writer, batch, Field.MetadataFamilyName, family.Name);
        WriteString(ref writer, batch, Field.MetadataHelp, family.Help);
        WriteString(ref writer, batch, Field.MetadataUnit, family.Unit);
        writer.End(start);
    }

    private static void WriteString(ref ProtobufWriter writer, MetricBatch batch, int field, int symbol)
    {
        if (symbol != 0)
        {
            writer.WriteBytes(field, batch.Symbols[symbol]);
        }
    }

    private static class Field
    {
        public const int RequestTimeSeries = 1;
        public const int RequestMetadata = 3;
        public const int TimeSeriesLabels = 1;
        public const int TimeSeriesSamples = 2;
        public const int TimeSeriesHistograms = 4;
        public const int LabelName = 1;
        public const int LabelValue = 2;
        public const int SampleValue = 1;
        public const int SampleTimestamp = 2;
        public const int MetadataType = 1;
        public const int MetadataFamilyName = 2;
        public const int MetadataHelp = 4;
        public const int MetadataUnit = 5;
    }
}
