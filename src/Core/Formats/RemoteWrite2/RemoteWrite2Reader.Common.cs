using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Formats.RemoteWrite2;

// A fast path for series as most writers, including the gateway, lay them out: the same label names as the series before, one float sample,
// metadata, and short lengths and references. It reads such a series exactly as the slow path does. It leaves every other series to the
// slow path, which alone reports errors.
internal ref partial struct RemoteWrite2Reader
{
    private const byte LabelRefsTag = (RemoteWrite2Fields.TimeSeriesLabelRefs << ProtobufWriter.WireTypeBits) | (int)WireType.LengthDelimited;
    private const byte SamplesTag = (RemoteWrite2Fields.TimeSeriesSamples << ProtobufWriter.WireTypeBits) | (int)WireType.LengthDelimited;
    private const byte MetadataTag = (RemoteWrite2Fields.TimeSeriesMetadata << ProtobufWriter.WireTypeBits) | (int)WireType.LengthDelimited;
    private const byte ValueTag = (RemoteWrite2Fields.SampleValue << ProtobufWriter.WireTypeBits) | (int)WireType.Fixed64;
    private const byte TimestampTag = (RemoteWrite2Fields.SampleTimestamp << ProtobufWriter.WireTypeBits) | (int)WireType.Varint;
    private const int MoreFollows = 0x80;
    private const int BitsPerByte = 7;

    // The length of milliseconds since the epoch, for the next two thousand years.
    private const int TimestampBytes = 6;

    // The tag of SampleIsInteger and the value 1.
    private static ReadOnlySpan<byte> IsInteger => [0xC0, 0x3E, 0x01];

    private bool TryReadCommonSeries(ReadOnlySpan<byte> input)
    {
        var at = 0;
        if (!TryReadField(input, LabelRefsTag, ref at, out var labelRefs)
            || !TryReadField(input, SamplesTag, ref at, out var sampleBytes)
            || !TryReadCommonSample(sampleBytes, _defaultTimestampMs, out var sample)
            || !TryReadCommonLabels(labelRefs, out var name, out var hasQuantile))
        {
            return false;
        }

        ReadOnlySpan<byte> metadata = default;
        if (at < input.Length && !(TryReadField(input, MetadataTag, ref at, out metadata) && at == input.Length))
        {
            return false;
        }

        if (_family < 0 || name != _name || hasQuantile != _hasQuantile || !metadata.SequenceEqual(_metadata))
        {
            if (!NameAlphabet.Metric.IsLegal(_batch.Symbols[name]) || !TryReadMetadata(metadata, out var type, out var help, out var unit))
            {
                return false;
            }

            SetFamily(name, hasQuantile, type, help, unit, hasHistograms: false);
            _metadata = metadata;
        }

        _batch.AddSeries(_family, name, CollectionsMarshal.AsSpan(_scratch.Labels), sample);
        return true;
    }

    // Puts the labels, without the name, into the scratch memory.
    private readonly bool TryReadCommonLabels(ReadOnlySpan<byte> labelRefs, out int name, out bool hasQuantile)
    {
        (name, hasQuantile) = (0, false);
        var symbols = CollectionsMarshal.AsSpan(_scratch.Symbols);
        var known = CollectionsMarshal.AsSpan(_scratch.Names);
        CollectionsMarshal.SetCount(_scratch.Labels, known.Length);
        var labels = CollectionsMarshal.AsSpan(_scratch.Labels);
        var count = 0;
        foreach (var labelName in known)
        {
            if (!TryTakeRef(ref labelRefs, symbols, out var read) || read != labelName || !TryTakeRef(ref labelRefs, symbols, out var value) || value == 0)
            {
                return false;
            }

            if (labelName == _nameLabel)
            {
                name = value;
            }
            else
            {
                hasQuantile |= labelName == _quantileLabel;
                labels[count++] = new Label(labelName, value);
            }
        }

        CollectionsMarshal.SetCount(_scratch.Labels, count);
        return name != 0 && labelRefs.IsEmpty;
    }

    private static bool TryReadCommonSample(ReadOnlySpan<byte> input, long defaultTimestampMs, out Sample sample)
    {
        const int timestampAt = 1 + sizeof(double);
        const int timestampEnd = timestampAt + 1 + TimestampBytes;
        sample = default;
        if (input.Length < timestampAt || input[0] != ValueTag)
        {
            return false;
        }

        var (timestamp, end) = (defaultTimestampMs, timestampAt);
        if (input.Length >= timestampEnd && input[timestampAt] == TimestampTag)
        {
            end = timestampEnd;
            if (!TryReadTimestamp(input[(timestampAt + 1)..end], out timestamp))
            {
                return false;
            }
        }

        var isInteger = input[end..].SequenceEqual(IsInteger);
        sample = new Sample(timestamp, BinaryPrimitives.ReadDoubleLittleEndian(input[1..]), isInteger);
        return isInteger || input.Length == end;
    }

    private static bool TryReadTimestamp(ReadOnlySpan<byte> varint, out long timestamp)
    {
        timestamp = varint[^1];
        if (timestamp >= MoreFollows)
        {
            return false;
        }

        foreach (var part in varint[..^1])
        {
            if (part < MoreFollows)
            {
                return false;
            }
        }

        for (var i = varint.Length - 2; i >= 0; i--)
        {
            timestamp = (timestamp << BitsPerByte) | (uint)(varint[i] & (MoreFollows - 1));
        }

        return timestamp != 0;
    }

    private static bool TryReadField(ReadOnlySpan<byte> input, byte tag, scoped ref int at, out ReadOnlySpan<byte> field)
    {
        field = default;
        if (input.Length - at < 2 || input[at] != tag || input[at + 1] >= MoreFollows || input[at + 1] > input.Length - at - 2)
        {
            return false;
        }

        field = input.Slice(at + 2, input[at + 1]);
        at += 2 + field.Length;
        return true;
    }

    private static bool TryTakeRef(ref ReadOnlySpan<byte> refs, ReadOnlySpan<int> symbols, out int symbol)
    {
        symbol = 0;
        if (refs.IsEmpty)
        {
            return false;
        }

        int index = refs[0];
        var length = 1;
        if (index >= MoreFollows)
        {
            if (refs.Length == 1 || refs[1] >= MoreFollows)
            {
                return false;
            }

            index = (index & (MoreFollows - 1)) | (refs[1] << BitsPerByte);
            length = 2;
        }

        if (index >= symbols.Length)
        {
            return false;
        }

        symbol = symbols[index];
        refs = refs[length..];
        return true;
    }
}
