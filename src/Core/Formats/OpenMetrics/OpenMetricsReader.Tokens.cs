using System.Globalization;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Formats.OpenMetrics;

/// <content> Tokens, read from the front of a line. A token is a slice of the input, or of the scratch memory until the next token is read.
/// </content>
internal ref partial struct OpenMetricsReader
{
    // labels = "{" [label *(COMMA label)] "}". The line begins at the brace. Puts the labels into the scratch memory, sorted by symbol.
    private bool TryReadLabels(ref ReadOnlySpan<byte> line, SymbolTable symbols, out int count)
    {
        count = 0;
        line = line[1..];
        if (line.StartsWith("}"u8))
        {
            line = line[1..];
            return true;
        }

        while (true)
        {
            if (!TryReadLabel(ref line, symbols, count))
            {
                return false;
            }

            count++;
            if (line.StartsWith("}"u8))
            {
                line = line[1..];
                return LabelNames.SortAndFindRepeated(_scratch.Labels.AsSpan(0, count)) == 0 || Fail("a label name stands twice");
            }

            if (!line.StartsWith(","u8))
            {
                return Fail("expected ',' or '}' after a label value");
            }

            line = line[1..];
        }
    }

    // label = label-name EQ DQUOTE escaped-string DQUOTE
    private bool TryReadLabel(ref ReadOnlySpan<byte> line, SymbolTable symbols, int index)
    {
        var length = line.IndexOfAnyExcept(NameAlphabet.Label.Bytes);
        if (length <= 0 || char.IsAsciiDigit((char)line[0]))
        {
            return Fail("expected a label name");
        }

        var name = line[..length];
        line = line[length..];
        if (!line.StartsWith("=\""u8))
        {
            return Fail($"expected '=' and '\"' after label name {GoQuote.Quote(name)}");
        }

        // The name is interned before the value is read, because reading the value may reuse the scratch memory.
        var label = symbols.Intern(name);
        line = line[2..];
        if (!TryReadQuoted(ref line, out var value))
        {
            return Fail($"the value of label {GoQuote.Quote(name)} has no closing quote");
        }

        ParseScratch.Reserve(ref _scratch.Labels, index);
        _scratch.Labels[index] = new Label(label, symbols.Intern(value));
        return true;
    }

    // Also consumes the closing quote.
    private readonly bool TryReadQuoted(ref ReadOnlySpan<byte> line, out ReadOnlySpan<byte> value)
    {
        var end = line.IndexOfAny((byte)'"', (byte)'\\');
        var isEscaped = false;
        while (end >= 0 && line[end] == '\\')
        {
            isEscaped = true;
            var next = end + 2;
            var more = next < line.Length ? line[next..].IndexOfAny((byte)'"', (byte)'\\') : -1;
            end = more < 0 ? -1 : next + more;
        }

        if (end < 0)
        {
            value = default;
            return false;
        }

        value = line[..end];
        line = line[(end + 1)..];
        value = isEscaped ? Unescape(value) : value;
        return true;
    }

    // "A single backslash SHOULD NOT be used for undefined escape sequences". A backslash before another character stays a backslash.
    private readonly ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        ParseScratch.Reserve(ref _scratch.Token, text.Length);
        var token = _scratch.Token;
        var written = 0;
        while (text.IndexOf((byte)'\\') is var plain and >= 0 && plain + 1 < text.Length)
        {
            text[..plain].CopyTo(token.AsSpan(written));
            written += plain;
            var escaped = text[plain + 1];
            if (escaped is not ((byte)'n' or (byte)'"' or (byte)'\\'))
            {
                token[written++] = (byte)'\\';
            }

            token[written++] = escaped == 'n' ? (byte)'\n' : escaped;
            text = text[(plain + 2)..];
        }

        text.CopyTo(token.AsSpan(written));
        return token.AsSpan(0, written + text.Length);
    }

    // SP number
    private bool TryReadNumber(ref ReadOnlySpan<byte> line, string kind, out double value)
    {
        value = 0;
        if (!line.StartsWith(" "u8))
        {
            return Fail($"expected a space before the {kind}");
        }

        line = line[1..];
        var end = line.IndexOf((byte)' ');
        var word = end < 0 ? line : line[..end];
        if (!GoFloat.TryParse(word, out value))
        {
            return Fail($"expected a number as {kind}, got {GoQuote.Quote(word)}");
        }

        line = line[word.Length..];
        return true;
    }

    // SP timestamp. It is missing when the line ends here or an exemplar follows.
    private bool TryReadTimestamp(ref ReadOnlySpan<byte> line, out double? seconds)
    {
        seconds = null;
        if (line.IsEmpty || line.StartsWith(" #"u8))
        {
            return true;
        }

        if (!TryReadNumber(ref line, "timestamp", out var value))
        {
            return false;
        }

        if (!(Math.Abs(value) <= MaxSeconds))
        {
            return Fail(string.Create(CultureInfo.InvariantCulture, $"timestamp {value} is out of range"));
        }

        seconds = value;
        return true;
    }
}
