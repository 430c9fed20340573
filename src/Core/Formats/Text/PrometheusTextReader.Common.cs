using System.Buffers.Text;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text.Unicode;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Formats.Text;

/// <content> The fast path, for sample lines of the usual shape: <c>name{label="value",...} value [timestamp]</c>, without escapes and with
/// blanks only in the usual places.
/// </content>
internal ref partial struct PrometheusTextReader
{
    // Each name is compared with all others, so longer label sets go to the exact path.
    private const int MaxCommonLabels = 32;

    // Returns false when the line does not have the usual shape. The exact path then reads it again from its start.
    private bool TryReadCommonSample()
    {
        var line = _input[_position..];
        if (!IsMetricNameStart(line[0]))
        {
            return ForgetLine();
        }

        // Both lines are consecutive, so their common prefix means the same in both.
        var same = line.CommonPrefixLength(_input.Slice(_lastStart, _lastHeadEnd));
        var nameEnd = _lastNameEnd;
        if (same <= nameEnd)
        {
            same = 0;
            nameEnd = line.IndexOfAnyExcept(NameAlphabet.Metric.Bytes);
            if (nameEnd < 0 || line[nameEnd] == '"')
            {
                return ForgetLine();
            }

            Resolve(line[..nameEnd]);
            SetTyped(_family);
        }

        var at = nameEnd;
        var type = FamilyType;
        _labelCount = 0;
        if ((line[at] == '{' && !TryReadCommonLabels(line, same, SeriesRoles.BoundName(type), ref at))
            || !TryReadCommonValue(line, ref at, out var value, out var timestampMs)
            || (value < 0 && SeriesRoles.IsHistogram(type)))
        {
            return ForgetLine();
        }

        _lastStart = _position;
        _lastNameEnd = nameEnd;
        _lastHeadEnd = _labelCount == 0 ? nameEnd + 1 : _scratch.Labels[_labelCount - 1].End;
        _lastLabelCount = _labelCount;
        _position += at;
        _hasMetric = true;
        SetBound(type);
        AddSeries(type, timestampMs, value);
        return true;
    }

    private bool ForgetLine()
    {
        _lastHeadEnd = 0;
        _lastNameEnd = 0;
        _lastLabelCount = 0;
        return false;
    }

    private void SetBound(MetricType type)
    {
        var bound = 0;
        _isMetricPlain = true;
        foreach (ref readonly var label in _scratch.Labels.AsSpan(0, _labelCount))
        {
            bound = label.IsBound ? label.Value : bound;
            _isMetricPlain &= label.IsBound;
        }

        if (!SeriesRoles.BoundName(type).IsEmpty)
        {
            _le = SeriesRoles.IsHistogram(type) ? bound : 0;
            _quantile = SeriesRoles.IsHistogram(type) ? 0 : bound;
        }
    }

    // Reads from the opening brace to the byte after the closing one.
    private bool TryReadCommonLabels(ReadOnlySpan<byte> line, int same, ReadOnlySpan<byte> boundName, ref int at)
    {
        var labels = _scratch.Labels.AsSpan(0, MaxCommonLabels);
        var count = 0;
        while (count < _lastLabelCount && labels[count].End <= same)
        {
            count++;
        }

        at = count == 0 ? at + 1 : labels[count - 1].End;
        var sameName = count < _lastLabelCount && labels[count].ValueStart <= same;
        while (true)
        {
            if (sameName)
            {
                at = labels[count].ValueStart;
            }
            else if (!TrySkipToLabel(line, count, ref at, out var closed))
            {
                return false;
            }
            else if (closed)
            {
                _labelCount = count;
                return true;
            }

            if (count == MaxCommonLabels || !TryReadCommonLabel(line, sameName, boundName, count, ref at))
            {
                return false;
            }

            count++;
            sameName = false;
        }
    }

    // Skips the comma between labels, or the closing brace.
    private static bool TrySkipToLabel(ReadOnlySpan<byte> line, int count, ref int at, out bool closed)
    {
        closed = false;
        if (count > 0 && (uint)at < (uint)line.Length && line[at] != '}')
        {
            if (line[at] != ',')
            {
                return false;
            }

            at++;
        }

        while ((uint)at < (uint)line.Length && line[at] == ' ')
        {
            at++;
        }

        closed = (uint)at < (uint)line.Length && line[at] == '}';
        at += closed ? 1 : 0;
        return (uint)at < (uint)line.Length;
    }

    private bool TryReadCommonLabel(ReadOnlySpan<byte> line, bool sameName, ReadOnlySpan<byte> boundName, int index, ref int at)
    {
        ref var label = ref _scratch.Labels[index];
        var last = label;
        var canReuse = !sameName && index < _lastLabelCount;
        if (!sameName)
        {
            var known = canReuse && IsAt(line, at, _input.Slice(_lastStart + last.NameStart, last.NameLength), '=');
            if (!known && !TryReadCommonName(line, at, ref label))
            {
                return false;
            }

            label.NameStart = at;
            at += label.NameLength + 1;
            if ((uint)at >= (uint)line.Length || line[at] != '"')
            {
                return false;
            }

            label.ValueStart = ++at;
            label.IsBound = boundName.Length == label.NameLength && boundName.SequenceEqual(line.Slice(label.NameStart, label.NameLength));
            canReuse = known && label.IsBound == last.IsBound;
            if (IsNameOfEarlier(index))
            {
                return false;
            }
        }

        if (canReuse && IsAt(line, at, _input[(_lastStart + last.ValueStart)..(_lastStart + last.End - 1)], '"'))
        {
            label.End = at + (last.End - last.ValueStart);
        }
        else if (!TryReadCommonLabelValue(line, ref label))
        {
            return false;
        }

        at = label.End;
        return true;
    }

    private static bool IsAt(ReadOnlySpan<byte> line, int at, ReadOnlySpan<byte> text, char terminator)
    {
        var rest = line[at..];
        return text.Length < rest.Length && rest[text.Length] == terminator && rest.StartsWith(text);
    }

    private readonly bool TryReadCommonName(ReadOnlySpan<byte> line, int at, ref ParsedLabel label)
    {
        var rest = line[at..];
        var length = rest.IndexOfAnyExcept(NameAlphabet.Label.Bytes);
        if (length <= 0 || !IsLabelNameStart(rest[0]) || rest[length] != '=' || rest[..length].SequenceEqual("__name__"u8))
        {
            return false;
        }

        label.Name = _batch.Symbols.Intern(rest[..length]);
        label.NameLength = length;
        return true;
    }

    private readonly bool IsNameOfEarlier(int index)
    {
        var labels = _scratch.Labels.AsSpan(0, index + 1);
        foreach (ref readonly var earlier in labels[..index])
        {
            if (earlier.Name == labels[index].Name)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryReadCommonLabelValue(ReadOnlySpan<byte> line, ref ParsedLabel label)
    {
        var rest = line[label.ValueStart..];
        var length = LengthOfPlainValue(rest);
        if (length < 0 || rest[length] != '"')
        {
            return false;
        }

        var value = rest[..length];
        label.End = label.ValueStart + length + 1;
        if (!_isUtf8 && !Utf8.IsValid(value))
        {
            return false;
        }

        if (label.IsBound)
        {
            return TryReadBound(value, out label.Value);
        }

        label.Value = _batch.Symbols.Intern(value);
        return true;
    }

    // The length up to a quote, a backslash or the end of the line; -1 when there is none. Most values are short.
    private static int LengthOfPlainValue(ReadOnlySpan<byte> text)
    {
        if (text.Length >= Vector128<byte>.Count)
        {
            var head = Vector128.Create(text);
            var ends = Vector128.Equals(head, Vector128.Create((byte)'"'))
                | Vector128.Equals(head, Vector128.Create((byte)'\\'))
                | Vector128.Equals(head, Vector128.Create((byte)'\n'));
            if (ends != Vector128<byte>.Zero)
            {
                return BitOperations.TrailingZeroCount(ends.ExtractMostSignificantBits());
            }
        }

        return text.IndexOfAny((byte)'"', (byte)'\\', (byte)'\n');
    }

    // Reads from the byte after the name or the labels through the end of the line.
    private static bool TryReadCommonValue(ReadOnlySpan<byte> line, ref int at, out double value, out long? timestampMs)
    {
        timestampMs = null;
        while ((uint)at < (uint)line.Length && line[at] == ' ')
        {
            at++;
        }

        var rest = line[at..];
        if (!GoFloat.TryReadExact(rest, out value, out var length) || length >= rest.Length || rest[length] > ' ')
        {
            length = rest.IndexOfAny(Whitespace);
            if (length < 0 || !GoFloat.TryParse(rest[..length], out value))
            {
                return false;
            }
        }

        if (rest[length] == ' ')
        {
            rest = rest[(length + 1)..];
            at += length + 1;
            if (!Utf8Parser.TryParse(rest, out long timestamp, out length) || length >= rest.Length)
            {
                return false;
            }

            timestampMs = timestamp;
        }

        at += length + 1;
        return rest[length] == '\n';
    }
}
