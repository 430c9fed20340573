using System.Numerics;
using System.Runtime.InteropServices;
using PushGateway.Formats.RemoteWrite2;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Queue;

/// <summary>
/// Writes part of a batch as a remote write 2.0 request with a symbol table of its own. Reusable; not thread-safe.
/// </summary>
internal sealed class RemoteWrite2Encoder
{
    // Upper bounds beside the bytes of the symbols: tags, lengths, references of at most 5 bytes, values.
    private const int MaxBytesPerSymbol = 6;
    private const int MaxBytesPerLabel = 10;
    private const int MaxBytesPerSeries = 48;
    private const int MaxBytesPerSample = 28;

    // Tag and length, the type, and two references.
    private const int MaxBytesOfMetadata = 16;

    // Of a number of uses, which is positive and an int.
    private const int Magnitudes = 30;

    private readonly List<int> _symbols = [];
    private readonly List<int> _labelSymbols = [];
    private readonly List<int> _ordered = [];
    private readonly byte[] _metadata = new byte[MaxBytesOfMetadata];
    private int[] _refs = [];
    private byte[] _buffer = [];
    private int _nameLabel;
    private int _metadataLength;
    private int _metadataFamily;

    /// <summary>Encodes the series from <paramref name="first"/> up to <paramref name="end"/>. The result is lent until the next call.</summary>
    public ReadOnlyMemory<byte> Encode(MetricBatch batch, int first, int end)
    {
        _nameLabel = batch.Symbols.Intern("__name__"u8);
        _metadataFamily = -1;
        var size = CollectSymbols(batch, first, end);
        if (_buffer.Length < size)
        {
            _buffer = new byte[Math.Max(size, _buffer.Length * 2)];
        }

        var writer = new ProtobufWriter(_buffer);
        foreach (var symbol in _symbols)
        {
            writer.WriteBytes(RemoteWrite2Fields.RequestSymbols, batch.Symbols[symbol]);
        }

        for (var s = first; s < end; s++)
        {
            WriteSeries(ref writer, batch, batch.Series[s]);
        }

        foreach (var symbol in _symbols)
        {
            _refs[symbol] = 0;
        }

        return _buffer.AsMemory(0, writer.Position);
    }

    // Numbers the symbols in use; the empty one is 0. Those of labels come first, the most frequent ones before all: where references are short
    // and alike, series are, and compress well. Returns an upper bound of the request's size.
    private int CollectSymbols(MetricBatch batch, int first, int end)
    {
        if (_refs.Length < batch.Symbols.Count)
        {
            _refs = new int[Math.Max(batch.Symbols.Count, _refs.Length * 2)];
        }

        CountLabelSymbols(batch, first, end);
        _symbols.Clear();
        _symbols.Add(0);
        var size = Use(batch, _nameLabel) + MaxBytesPerSymbol + UseByFrequency(batch);
        for (var s = first; s < end; s++)
        {
            ref readonly var series = ref batch.Series[s];
            ref readonly var family = ref batch.Families[series.Family];
            size += Use(batch, series.Name) + Use(batch, family.Help) + Use(batch, family.Unit);
            size = checked(size + MaxBytesPerSeries + (series.LabelCount * MaxBytesPerLabel) + (series.SampleCount * MaxBytesPerSample));
            foreach (ref readonly var sample in batch.SamplesOf(series))
            {
                size = checked(size + batch.Symbols[sample.Histogram].Length);
            }
        }

        return size;
    }

    // Leaves the symbols in order of first use, and for each its number of uses, negative, where its reference will be.
    private void CountLabelSymbols(MetricBatch batch, int first, int end)
    {
        _labelSymbols.Clear();
        for (var s = first; s < end; s++)
        {
            foreach (var label in batch.LabelsOf(batch.Series[s]))
            {
                Count(label.Name);
                Count(label.Value);
            }
        }

        void Count(int symbol)
        {
            if (--_refs[symbol] == -1)
            {
                _labelSymbols.Add(symbol);
            }
        }
    }

    // A counting sort by magnitude: within one, the order of first use compresses better than that of the exact number.
    private int UseByFrequency(MetricBatch batch)
    {
        var symbols = CollectionsMarshal.AsSpan(_labelSymbols);
        Span<int> next = stackalloc int[Magnitudes + 1];
        next.Clear();
        foreach (var symbol in symbols)
        {
            next[Magnitudes - BitOperations.Log2((uint)-_refs[symbol])]++;
        }

        for (var (magnitude, start) = (0, 0); magnitude <= Magnitudes; magnitude++)
        {
            (next[magnitude], start) = (start, start + next[magnitude]);
        }

        CollectionsMarshal.SetCount(_ordered, symbols.Length);
        foreach (var symbol in symbols)
        {
            _ordered[next[Magnitudes - BitOperations.Log2((uint)-_refs[symbol])]++] = symbol;
            _refs[symbol] = 0;
        }

        var size = 0;
        foreach (var symbol in _ordered)
        {
            size += Use(batch, symbol);
        }

        return size;
    }

    private int Use(MetricBatch batch, int symbol)
    {
        if (symbol == 0 || _refs[symbol] != 0)
        {
            return 0;
        }

        _refs[symbol] = _symbols.Count;
        _symbols.Add(symbol);
        return batch.Symbols[symbol].Length + MaxBytesPerSymbol;
    }

    private void WriteSeries(ref ProtobufWriter destination, MetricBatch batch, in Series series)
    {
        // A copy, so that its position is no field in memory.
        var writer = destination;
        var start = writer.Begin(RemoteWrite2Fields.RequestTimeSeries);
        var refs = writer.Begin(RemoteWrite2Fields.TimeSeriesLabelRefs);
        var nameWritten = false;
        foreach (var label in batch.LabelsOf(series))
        {
            // The labels are sorted; __name__ takes its place among them.
            if (!nameWritten && batch.Symbols[label.Name].SequenceCompareTo("__name__"u8) > 0)
            {
                nameWritten = true;
                writer.WriteVarint((ulong)_refs[_nameLabel]);
                writer.WriteVarint((ulong)_refs[series.Name]);
            }

            writer.WriteVarint((ulong)_refs[label.Name]);
            writer.WriteVarint((ulong)_refs[label.Value]);
        }

        if (!nameWritten)
        {
            writer.WriteVarint((ulong)_refs[_nameLabel]);
            writer.WriteVarint((ulong)_refs[series.Name]);
        }

        writer.End(refs);
        foreach (ref readonly var sample in batch.SamplesOf(series))
        {
            if (!sample.IsHistogram)
            {
                var at = writer.Begin(RemoteWrite2Fields.TimeSeriesSamples);
                writer.WriteDouble(RemoteWrite2Fields.SampleValue, sample.Value);
                writer.WriteVarint(RemoteWrite2Fields.SampleTimestamp, (ulong)sample.TimestampMs);
                if (sample.IsInteger)
                {
                    writer.WriteVarint(RemoteWrite2Fields.SampleIsInteger, 1);
                }

                writer.End(at);
            }
            else
            {
                // A histogram's bytes are the message but for its time. They are no string of the request's, and take no part in its symbols.
                var at = writer.Begin(RemoteWrite2Fields.TimeSeriesHistograms);
                writer.WriteRaw(batch.Symbols[sample.Histogram]);
                writer.WriteVarint(NativeHistogramFields.Timestamp, (ulong)sample.TimestampMs);
                writer.End(at);
            }
        }

        writer.WriteRaw(MetadataOf(batch, series.Family));
        writer.End(start);
        destination = writer;
    }

    // The same for every series of a family.
    private ReadOnlySpan<byte> MetadataOf(MetricBatch batch, int family)
    {
        if (family != _metadataFamily)
        {
            _metadataFamily = family;
            _metadataLength = WriteMetadata(batch.Families[family]);
        }

        return _metadata.AsSpan(0, _metadataLength);
    }

    private int WriteMetadata(in MetricFamily family)
    {
        if (family is { Type: MetricType.Unspecified, Help: 0, Unit: 0 })
        {
            return 0;
        }

        var writer = new ProtobufWriter(_metadata);
        var start = writer.Begin(RemoteWrite2Fields.TimeSeriesMetadata);
        if (family.Type != MetricType.Unspecified)
        {
            writer.WriteVarint(RemoteWrite2Fields.MetadataType, (ulong)family.Type);
        }

        if (family.Help != 0)
        {
            writer.WriteVarint(RemoteWrite2Fields.MetadataHelpRef, (ulong)_refs[family.Help]);
        }

        if (family.Unit != 0)
        {
            writer.WriteVarint(RemoteWrite2Fields.MetadataUnitRef, (ulong)_refs[family.Unit]);
        }

        writer.End(start);
        return writer.Position;
    }
}
