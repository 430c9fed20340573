using System.Numerics;
using System.Runtime.InteropServices;
using PushGateway.Formats.RemoteWrite2;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Queue;

/// <summary>
/// Writes part of a batch as a remote write 2.0 request with a symbol table of its own. A sample without a timestamp has none in the request:
/// it gets that of the push when the message is read. Reusable; not thread-safe.
/// </summary>
internal sealed class RemoteWrite2Encoder
{
    // Of a number of uses, which is positive and an int.
    private const int Magnitudes = 30;

    private readonly List<int> _symbols = [];
    private readonly List<int> _labelSymbols = [];
    private readonly List<int> _ordered = [];
    private readonly ReusableBuffer _metadata = new();
    private readonly ReusableBuffer _request = new();
    private int[] _refs = [];
    private int _nameLabel;
    private int _metadataLength;
    private int _metadataFamily;

    /// <summary>Encodes the series from <paramref name="first"/> up to <paramref name="end"/>. The result is lent until the next call.</summary>
    public ReadOnlyMemory<byte> Encode(MetricBatch batch, int first, int end)
    {
        _nameLabel = batch.Symbols.Intern("__name__"u8);
        _metadataFamily = -1;
        CollectSymbols(batch, first, end);
        var writer = new ProtobufWriter(_request);
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

        return writer.Written;
    }

    /// <summary>Gives memory back that has grown beyond <see cref="ReuseLimit"/>.</summary>
    public void Trim()
    {
        ReuseLimit.Trim(_symbols);
        ReuseLimit.Trim(_labelSymbols);
        ReuseLimit.Trim(_ordered);
        ReuseLimit.Trim(ref _refs);
        _metadata.Trim();
        _request.Trim();
    }

    // Numbers the symbols in use; the empty one is 0. Symbols of labels come first, the most frequent before the others. Short and similar
    // references make series short, and they compress well.
    private void CollectSymbols(MetricBatch batch, int first, int end)
    {
        if (_refs.Length < batch.Symbols.Count)
        {
            _refs = new int[Math.Max(batch.Symbols.Count, _refs.Length * 2)];
        }

        CountLabelSymbols(batch, first, end);
        _symbols.Clear();
        _symbols.Add(0);
        Use(_nameLabel);
        UseByFrequency();
        for (var s = first; s < end; s++)
        {
            ref readonly var series = ref batch.Series[s];
            ref readonly var family = ref batch.Families[series.Family];
            Use(series.Name);
            Use(family.Help);
            Use(family.Unit);
        }
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
    private void UseByFrequency()
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

        foreach (var symbol in _ordered)
        {
            Use(symbol);
        }
    }

    private void Use(int symbol)
    {
        if (symbol != 0 && _refs[symbol] == 0)
        {
            _refs[symbol] = _symbols.Count;
            _symbols.Add(symbol);
        }
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
            var isHistogram = sample.IsHistogram;
            var at = writer.Begin(isHistogram ? RemoteWrite2Fields.TimeSeriesHistograms : RemoteWrite2Fields.TimeSeriesSamples);
            if (isHistogram)
            {
                // A histogram's bytes are the message but for its time. They are no string of the request's, and take no part in its symbols.
                writer.WriteRaw(batch.Symbols[sample.Histogram]);
            }
            else
            {
                writer.WriteDouble(RemoteWrite2Fields.SampleValue, sample.Value);
            }

            if (sample.TimestampMs != Sample.NoTimestamp)
            {
                writer.WriteVarint(isHistogram ? NativeHistogramFields.Timestamp : RemoteWrite2Fields.SampleTimestamp, (ulong)sample.TimestampMs);
            }

            if (sample.IsInteger)
            {
                writer.WriteVarint(RemoteWrite2Fields.SampleIsInteger, 1);
            }

            writer.End(at);
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

        return _metadata.Bytes[.._metadataLength];
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
