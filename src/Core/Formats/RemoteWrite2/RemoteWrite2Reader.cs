using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Formats.RemoteWrite2;

/// <summary>
/// Reads a remote write 2.0 request. The gateway's own queue messages have this format, too. Exemplars, start timestamps and unknown fields
/// are skipped. A native histogram must be valid (<see cref="NativeHistogram.Validate"/>), and its family gets a histogram type.
/// </summary>
internal ref partial struct RemoteWrite2Reader(ReadOnlySpan<byte> input, MetricBatch batch, long defaultTimestampMs, RemoteWrite2Scratch scratch)
{
    private readonly ReadOnlySpan<byte> _input = input;
    private readonly MetricBatch _batch = batch;
    private readonly long _defaultTimestampMs = defaultTimestampMs;
    private readonly RemoteWrite2Scratch _scratch = scratch;

    // Symbols of "__name__" and "quantile". The latter is -1 when the request has no such symbol.
    private int _nameLabel;
    private int _quantileLabel;

    // What was found for the last series. The next usually has the same labels, and checks that the last one passed are not repeated.
    private int _name;
    private bool _hasQuantile;
    private MetricType _type;
    private int _help;
    private int _unit;
    private int _family = -1;
    private ReadOnlySpan<byte> _metadata;

    /// <summary>
    /// Appends the request to <paramref name="destination"/>. On failure a part may be appended, and the caller must roll back.
    /// </summary>
    public static bool TryRead(
        ReadOnlySpan<byte> input, MetricBatch destination, in ParseContext context, [NotNullWhen(false)] out PushError? error)
    {
        using var scratch = RemoteWrite2Scratch.OfThread();
        error = new RemoteWrite2Reader(input, destination, context.DefaultTimestampMs, scratch).Run();
        return error is null;
    }

    private PushError? Run()
    {
        _nameLabel = _batch.Symbols.Intern("__name__"u8);
        return ReadSymbols() ?? ReadAllSeries();
    }

    // Symbols may come after the series that refer to them, so they are read first.
    private PushError? ReadSymbols()
    {
        var reader = new ProtobufReader(_input);
        while (reader.TryReadTag(out var field, out var type))
        {
            if (field != RemoteWrite2Fields.RequestSymbols)
            {
                reader.TrySkip(type);
                continue;
            }

            if (type != WireType.LengthDelimited)
            {
                return Invalid("a symbol is not a string");
            }

            reader.TryReadBytes(out var symbol);
            if (!Utf8.IsValid(symbol))
            {
                return Invalid($"symbol {_scratch.Symbols.Count} is not UTF-8");
            }

            if (_scratch.Symbols.Count == 0 && !symbol.IsEmpty)
            {
                return Invalid("the first symbol is not the empty string");
            }

            _scratch.Symbols.Add(_batch.Symbols.Intern(symbol));
        }

        _quantileLabel = _batch.Symbols.Find("quantile"u8);
        return reader.IsMalformed ? Invalid("the protobuf is malformed") : null;
    }

    private PushError? ReadAllSeries()
    {
        var reader = new ProtobufReader(_input);
        while (reader.TryReadNext(RemoteWrite2Fields.RequestTimeSeries, out var series))
        {
            if (!TryReadCommonSeries(series) && ReadSeries(series) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private PushError? ReadSeries(ReadOnlySpan<byte> input)
    {
        var reader = new ProtobufReader(input);
        ReadOnlySpan<byte> labelRefs = default;
        ReadOnlySpan<byte> metadata = default;
        var (hasSamples, hasHistograms) = (false, false);
        while (reader.TryReadTag(out var field, out var type))
        {
            switch (field, type)
            {
                case (RemoteWrite2Fields.TimeSeriesLabelRefs, WireType.LengthDelimited):
                    reader.TryReadBytes(out labelRefs);
                    break;
                case (RemoteWrite2Fields.TimeSeriesMetadata, WireType.LengthDelimited):
                    reader.TryReadBytes(out metadata);
                    break;
                case (RemoteWrite2Fields.TimeSeriesSamples, WireType.LengthDelimited):
                    hasSamples = reader.TrySkip(type);
                    break;
                case (RemoteWrite2Fields.TimeSeriesHistograms, WireType.LengthDelimited):
                    hasHistograms = reader.TrySkip(type);
                    break;
                default:
                    reader.TrySkip(type);
                    break;
            }
        }

        if (reader.IsMalformed)
        {
            return Invalid("a series is malformed");
        }

        if (hasSamples && hasHistograms)
        {
            return Invalid("a series has both samples and histograms");
        }

        if (ReadLabels(labelRefs, out var name, out var hasQuantile) is { } error)
        {
            return error;
        }

        if (!TryReadMetadata(metadata, out var metricType, out var help, out var unit))
        {
            return Invalid("a series' metadata is malformed");
        }

        if (hasHistograms && metricType != MetricType.GaugeHistogram)
        {
            metricType = MetricType.Histogram;
        }

        SetFamily(name, hasQuantile, metricType, help, unit, hasHistograms);
        _metadata = metadata;
        _batch.BeginSeries(_family, name);
        foreach (var label in CollectionsMarshal.AsSpan(_scratch.Labels))
        {
            if (label.Name != _nameLabel)
            {
                _batch.AddLabel(label.Name, label.Value);
            }
        }

        error = hasHistograms ? ReadHistograms(input) : ReadSamples(input);
        _batch.EndSeries();
        return error;
    }

    private PushError? ReadLabels(ReadOnlySpan<byte> labelRefs, out int name, out bool hasQuantile)
    {
        (name, hasQuantile) = (0, false);
        var symbols = CollectionsMarshal.AsSpan(_scratch.Symbols);
        var labels = _scratch.Labels;
        labels.Clear();
        var known = CollectionsMarshal.AsSpan(_scratch.Names);
        var areKnown = true;
        var reader = new ProtobufReader(labelRefs);
        while (!reader.IsAtEnd)
        {
            if (!TryReadRef(ref reader, symbols, out var labelName) || !TryReadRef(ref reader, symbols, out var value))
            {
                return Invalid("a series has no metric name, or a label reference out of range");
            }

            areKnown &= labels.Count < known.Length && known[labels.Count] == labelName;
            name = labelName == _nameLabel ? value : name;
            hasQuantile |= labelName == _quantileLabel;
            labels.Add(new Label(labelName, value));
        }

        if (name == 0)
        {
            return Invalid("a series has no metric name, or a label reference out of range");
        }

        if (name != _name && !NameAlphabet.Metric.IsLegal(_batch.Symbols[name]))
        {
            return Invalid("a metric name is not legal in Prometheus");
        }

        return areKnown ? null : CheckNames();
    }

    private readonly PushError? CheckNames()
    {
        var symbols = _batch.Symbols;
        var names = _scratch.Names;
        names.Clear();
        foreach (var label in CollectionsMarshal.AsSpan(_scratch.Labels))
        {
            if (names.Count > 0 && symbols[label.Name].SequenceCompareTo(symbols[names[^1]]) <= 0)
            {
                names.Clear();
                return Invalid("labels are not sorted, or one stands twice");
            }

            if (!NameAlphabet.Label.IsLegal(symbols[label.Name]))
            {
                names.Clear();
                return Invalid("a label name is not legal in Prometheus");
            }

            names.Add(label.Name);
        }

        return null;
    }

    private void SetFamily(int name, bool hasQuantile, MetricType type, int help, int unit, bool hasHistograms)
    {
        if (_family >= 0 && !hasHistograms && (name, hasQuantile, type, help, unit) == (_name, _hasQuantile, _type, _help, _unit))
        {
            return;
        }

        var symbols = _batch.Symbols;
        var suffix = hasHistograms ? 0 : SeriesRoles.SuffixLength(symbols[name], type, hasQuantile);
        var familyName = suffix == 0 ? name : symbols.Intern(symbols[name][..^suffix]);
        var family = _batch.FindFamily(familyName);
        _family = family >= 0 && _batch.Families[family] is var found && found.Type == type && found.Help == help && found.Unit == unit
            ? family
            : _batch.AddFamily(familyName, type, help, unit);
        (_name, _hasQuantile, _type, _help, _unit) = hasHistograms ? default : (name, hasQuantile, type, help, unit);
    }

    private readonly PushError? ReadSamples(ReadOnlySpan<byte> input)
    {
        var reader = new ProtobufReader(input);
        while (reader.TryReadNext(RemoteWrite2Fields.TimeSeriesSamples, out var bytes))
        {
            if (!TryReadSample(bytes, out var sample))
            {
                return Invalid("a sample is malformed");
            }

            _batch.AddSample(sample);
        }

        return null;
    }

    private readonly bool TryReadSample(ReadOnlySpan<byte> input, out Sample sample)
    {
        var (timestamp, value, isInteger) = (0UL, 0.0, 0UL);
        var reader = new ProtobufReader(input);
        while (reader.TryReadTag(out var field, out var type))
        {
            _ = (field, type) switch
            {
                (RemoteWrite2Fields.SampleValue, WireType.Fixed64) => reader.TryReadDouble(out value),
                (RemoteWrite2Fields.SampleTimestamp, WireType.Varint) => reader.TryReadVarint(out timestamp),
                (RemoteWrite2Fields.SampleIsInteger, WireType.Varint) => reader.TryReadVarint(out isInteger),
                _ => reader.TrySkip(type),
            };
        }

        sample = new Sample(timestamp == 0 ? _defaultTimestampMs : Sample.Written((long)timestamp), value, isInteger != 0);
        return !reader.IsMalformed;
    }

    private readonly PushError? ReadHistograms(ReadOnlySpan<byte> input)
    {
        var histogram = _scratch.Histogram;
        var reader = new ProtobufReader(input);
        while (reader.TryReadNext(RemoteWrite2Fields.TimeSeriesHistograms, out var bytes))
        {
            if (!TryReadHistogram(bytes, histogram, out var timestamp))
            {
                return Invalid("a histogram is malformed");
            }

            if (histogram.Validate() is { } reason)
            {
                return Invalid($"a native histogram is not valid: {reason}");
            }

            _batch.AddSample(new Sample(
                timestamp == 0 ? _defaultTimestampMs : Sample.Written((long)timestamp), 0, Histogram: histogram.Intern(_batch.Symbols)));
        }

        return null;
    }

    private static bool TryReadHistogram(ReadOnlySpan<byte> input, NativeHistogram histogram, out ulong timestamp)
    {
        timestamp = 0;
        histogram.Clear();
        var reader = new ProtobufReader(input);
        while (reader.TryReadTag(out var field, out var type))
        {
            var read = (field, type) is (NativeHistogramFields.Timestamp, WireType.Varint)
                ? reader.TryReadVarint(out timestamp)
                : histogram.TryReadField(ref reader, field, type);
            if (!read)
            {
                return false;
            }
        }

        return !reader.IsMalformed;
    }

    private readonly bool TryReadMetadata(ReadOnlySpan<byte> input, out MetricType metricType, out int help, out int unit)
    {
        var symbols = CollectionsMarshal.AsSpan(_scratch.Symbols);
        var (number, helpRef, unitRef) = (0UL, 0UL, 0UL);
        var reader = new ProtobufReader(input);
        while (reader.TryReadTag(out var field, out var type))
        {
            _ = (field, type) switch
            {
                (RemoteWrite2Fields.MetadataType, WireType.Varint) => reader.TryReadVarint(out number),
                (RemoteWrite2Fields.MetadataHelpRef, WireType.Varint) => reader.TryReadVarint(out helpRef),
                (RemoteWrite2Fields.MetadataUnitRef, WireType.Varint) => reader.TryReadVarint(out unitRef),
                _ => reader.TrySkip(type),
            };
        }

        metricType = number <= (ulong)MetricType.StateSet ? (MetricType)number : MetricType.Unspecified;
        help = helpRef < (ulong)symbols.Length ? symbols[(int)helpRef] : 0;
        unit = unitRef < (ulong)symbols.Length ? symbols[(int)unitRef] : 0;
        return !reader.IsMalformed && (helpRef == 0 || helpRef < (ulong)symbols.Length) && (unitRef == 0 || unitRef < (ulong)symbols.Length);
    }

    private static bool TryReadRef(ref ProtobufReader reader, ReadOnlySpan<int> symbols, out int symbol)
    {
        symbol = 0;
        if (!reader.TryReadVarint(out var index) || index >= (ulong)symbols.Length)
        {
            return false;
        }

        symbol = symbols[(int)index];
        return true;
    }

    private static PushError Invalid(string detail) => new(RejectCode.MessageInvalid, "remote write 2.0: " + detail);
}
