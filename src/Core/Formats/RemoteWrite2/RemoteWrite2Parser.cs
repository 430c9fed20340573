using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using PushGateway.Limits;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Formats.RemoteWrite2;

/// <summary>
/// Reads a remote write 2.0 request, which is also what the gateway's own queue messages hold. Exemplars, start timestamps and unknown
/// fields are passed over. A native histogram has to be valid (<see cref="NativeHistogram.Validate"/>), and its family is one of histograms.
/// </summary>
public static class RemoteWrite2Parser
{
    [ThreadStatic]
    private static NativeHistogram? _histogram;

    /// <summary>
    /// Appends the request to <paramref name="destination"/>. On failure a part may have been appended; the caller rolls back.
    /// </summary>
    public static bool TryParse(
        ReadOnlySpan<byte> input, MetricBatch destination, in ParseContext context, [NotNullWhen(false)] out PushError? error)
    {
        int[]? symbols = null;
        try
        {
            error = TryCountSymbols(input, out var count) ? null : Invalid("the protobuf is malformed");
            if (error is null)
            {
                symbols = ArrayPool<int>.Shared.Rent(count);
                error = ReadSymbols(input, destination.Symbols, symbols)
                    ?? ReadAllSeries(input, destination, symbols.AsSpan(0, count), context.ReceivedMs);
            }

            return error is null;
        }
        finally
        {
            if (symbols is not null)
            {
                ArrayPool<int>.Shared.Return(symbols);
            }
        }
    }

    private static bool TryCountSymbols(ReadOnlySpan<byte> input, out int count)
    {
        count = 0;
        var reader = new ProtobufReader(input);
        while (reader.TryReadTag(out var field, out var type))
        {
            count += field == RemoteWrite2Fields.RequestSymbols ? 1 : 0;
            reader.TrySkip(type);
        }

        return !reader.IsMalformed;
    }

    private static PushError? ReadSymbols(ReadOnlySpan<byte> input, SymbolTable table, int[] symbols)
    {
        var count = 0;
        var reader = new ProtobufReader(input);
        while (reader.TryReadTag(out var field, out var type))
        {
            if (field != RemoteWrite2Fields.RequestSymbols || type != WireType.LengthDelimited)
            {
                if (field == RemoteWrite2Fields.RequestSymbols)
                {
                    return Invalid("a symbol is not a string");
                }

                reader.TrySkip(type);
                continue;
            }

            reader.TryReadBytes(out var symbol);
            if (!Utf8.IsValid(symbol))
            {
                return Invalid($"symbol {count} is not UTF-8");
            }

            if (count == 0 && !symbol.IsEmpty)
            {
                return Invalid("the first symbol is not the empty string");
            }

            symbols[count++] = table.Intern(symbol);
        }

        return null;
    }

    private static PushError? ReadAllSeries(ReadOnlySpan<byte> input, MetricBatch destination, ReadOnlySpan<int> symbols, long receivedMs)
    {
        var nameLabel = destination.Symbols.Intern("__name__"u8);
        var reader = new ProtobufReader(input);
        while (reader.TryReadTag(out var field, out var type))
        {
            if (field == RemoteWrite2Fields.RequestTimeSeries && type == WireType.LengthDelimited)
            {
                reader.TryReadBytes(out var series);
                if (ReadSeries(series, destination, symbols, nameLabel, receivedMs) is { } error)
                {
                    return error;
                }
            }
            else
            {
                reader.TrySkip(type);
            }
        }

        return null;
    }

    private static PushError? ReadSeries(
        ReadOnlySpan<byte> input, MetricBatch destination, ReadOnlySpan<int> symbols, int nameLabel, long receivedMs)
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

        if (!TryFindName(labelRefs, symbols, nameLabel, out var name, out var hasQuantile, destination.Symbols))
        {
            return Invalid("a series has no metric name, or a label reference out of range");
        }

        if (!NameAlphabet.Metric.IsLegal(destination.Symbols[name]))
        {
            return Invalid("a metric name is not legal in Prometheus");
        }

        if (!TryReadMetadata(metadata, symbols, out var metricType, out var help, out var unit))
        {
            return Invalid("a series' metadata is malformed");
        }

        if (hasHistograms && metricType != MetricType.GaugeHistogram)
        {
            metricType = MetricType.Histogram;
        }

        var suffix = hasHistograms ? 0 : FamilyName.SuffixLength(destination.Symbols[name], metricType, hasQuantile);
        destination.BeginSeries(FamilyOf(destination, name, suffix, metricType, help, unit), name);
        var error = ReadLabels(labelRefs, destination, symbols, nameLabel)
            ?? (hasHistograms ? ReadHistograms(input, destination, receivedMs) : ReadSamples(input, destination, receivedMs));
        destination.EndSeries();
        return error;
    }

    private static bool TryFindName(
        ReadOnlySpan<byte> labelRefs, ReadOnlySpan<int> symbols, int nameLabel, out int name, out bool hasQuantile, SymbolTable table)
    {
        (name, hasQuantile) = (0, false);
        var reader = new ProtobufReader(labelRefs);
        while (!reader.IsAtEnd)
        {
            if (!TryReadRef(ref reader, symbols, out var labelName) || !TryReadRef(ref reader, symbols, out var value))
            {
                return false;
            }

            name = labelName == nameLabel ? value : name;
            hasQuantile |= table[labelName].SequenceEqual("quantile"u8);
        }

        return name != 0;
    }

    private static PushError? ReadLabels(ReadOnlySpan<byte> labelRefs, MetricBatch destination, ReadOnlySpan<int> symbols, int nameLabel)
    {
        var reader = new ProtobufReader(labelRefs);
        var previous = 0;
        while (!reader.IsAtEnd)
        {
            TryReadRef(ref reader, symbols, out var name);
            TryReadRef(ref reader, symbols, out var value);
            if (previous != 0 && destination.Symbols[name].SequenceCompareTo(destination.Symbols[previous]) <= 0)
            {
                return Invalid("labels are not sorted, or one stands twice");
            }

            previous = name;
            if (name == nameLabel)
            {
                continue;
            }

            if (!NameAlphabet.Label.IsLegal(destination.Symbols[name]))
            {
                return Invalid("a label name is not legal in Prometheus");
            }

            destination.AddLabel(name, value);
        }

        return null;
    }

    private static PushError? ReadSamples(ReadOnlySpan<byte> input, MetricBatch destination, long receivedMs)
    {
        var reader = new ProtobufReader(input);
        while (reader.TryReadTag(out var field, out var type))
        {
            if (field != RemoteWrite2Fields.TimeSeriesSamples || type != WireType.LengthDelimited)
            {
                reader.TrySkip(type);
                continue;
            }

            reader.TryReadBytes(out var bytes);
            if (!TryReadSample(bytes, receivedMs, out var sample))
            {
                return Invalid("a sample is malformed");
            }

            destination.AddSample(sample);
        }

        return null;
    }

    private static bool TryReadSample(ReadOnlySpan<byte> input, long receivedMs, out Sample sample)
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

        sample = new Sample(timestamp == 0 ? receivedMs : (long)timestamp, value, isInteger != 0);
        return !reader.IsMalformed;
    }

    private static PushError? ReadHistograms(ReadOnlySpan<byte> input, MetricBatch destination, long receivedMs)
    {
        var histogram = _histogram ??= new NativeHistogram();
        var reader = new ProtobufReader(input);
        while (reader.TryReadTag(out var field, out var type))
        {
            if (field != RemoteWrite2Fields.TimeSeriesHistograms || type != WireType.LengthDelimited)
            {
                reader.TrySkip(type);
                continue;
            }

            reader.TryReadBytes(out var bytes);
            if (!TryReadHistogram(bytes, histogram, out var timestamp))
            {
                return Invalid("a histogram is malformed");
            }

            if (histogram.Validate() is { } reason)
            {
                return Invalid($"a native histogram is not valid: {reason}");
            }

            destination.AddSample(new Sample(
                timestamp == 0 ? receivedMs : (long)timestamp, 0, Histogram: histogram.Intern(destination.Symbols)));
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

    private static bool TryReadMetadata(ReadOnlySpan<byte> input, ReadOnlySpan<int> symbols, out MetricType metricType, out int help, out int unit)
    {
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

    private static int FamilyOf(MetricBatch batch, int series, int suffix, MetricType type, int help, int unit)
    {
        var familyName = suffix == 0 ? series : batch.Symbols.Intern(batch.Symbols[series][..^suffix]);
        var family = batch.FindFamily(familyName);
        return family >= 0 && batch.Families[family] is var found && found.Type == type && found.Help == help && found.Unit == unit
            ? family
            : batch.AddFamily(familyName, type, help, unit);
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
