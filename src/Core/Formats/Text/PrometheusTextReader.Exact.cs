using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Formats.Text;

/// <content> The exact path: it reads every line as expfmt does. The position is at expfmt's current byte. When a needed byte is missing,
/// the error is that the input ends too early, whatever else is wrong.
/// </content>
internal ref partial struct PrometheusTextReader
{
    private readonly bool AtEnd => _position >= _input.Length;

    private readonly byte Current => _input[_position];

    private readonly bool IsAtBlank => Current is (byte)' ' or (byte)'\t';

    private readonly string QuotedFamilyName => GoQuote.Quote(FamilyName);

    private bool FailAtEnd() => Fail("unexpected end of input stream");

    private bool ReadLine()
    {
        SkipBlanks();
        if (AtEnd)
        {
            return true;
        }

        switch (Current)
        {
            case (byte)'#':
                _position++;
                return ReadComment();
            case (byte)'\n':
                _position++;
                return true;
            case (byte)'{':
                return ReadSampleAfterName(isNamed: false);
            default:
                return ReadNamedSample();
        }
    }

    // ---- Comments

    private bool ReadComment()
    {
        if (!SkipToToken() || !TryReadWord(out var keyword))
        {
            return false;
        }

        var isHelp = keyword.SequenceEqual("HELP"u8);
        if (!isHelp && !keyword.SequenceEqual("TYPE"u8))
        {
            return SkipLine();
        }

        if (!SkipToToken() || !TryReadName(NameAlphabet.Metric.Bytes, "metric name", out var name))
        {
            return false;
        }

        // A line with only a keyword, or with only a keyword and a name, is an ordinary comment.
        if (Current == '\n')
        {
            return SkipLine();
        }

        if (!IsAtBlank)
        {
            return Fail("invalid metric name in comment");
        }

        return TryResolve(name) && SkipToToken() && (Current == '\n' ? SkipLine() : isHelp ? ReadHelp() : ReadType());
    }

    private bool ReadHelp()
    {
        if (_batch.Families[_family].Help != 0)
        {
            return Fail($"second HELP line for metric name {QuotedFamilyName}");
        }

        if (!TryReadEscaped((byte)'\n', "", default, out var help))
        {
            return false;
        }

        // expfmt accepts any bytes as help, but the rest of the gateway needs valid UTF-8.
        var symbol = Utf8.IsValid(help)
            ? _batch.Symbols.Intern(help)
            : _batch.Symbols.Intern(Encoding.UTF8.GetString(help));
        _batch.Families[_family].Help = symbol;
        return true;
    }

    private bool ReadType()
    {
        if (IsTyped(_family))
        {
            return Fail($"second TYPE line for metric name {QuotedFamilyName}, or TYPE reported after samples");
        }

        if (!TryReadRestOfLine(out var text))
        {
            return false;
        }

        if (!TryReadType(text, out var type))
        {
            return Fail($"unknown metric type {GoQuote.Quote(text)}");
        }

        _batch.Families[_family].Type = type;
        SetTyped(_family);
        return true;
    }

    // Go compares in upper case, where two letters outside ASCII become ASCII: U+017F becomes S, and U+0131 becomes I.
    private static bool TryReadType(ReadOnlySpan<byte> text, out MetricType type)
    {
        if (TryReadTypeWord(text, out type))
        {
            return true;
        }

        Span<byte> plain = stackalloc byte[32];
        var length = 0;
        while (!text.IsEmpty && length < plain.Length)
        {
            var (letter, taken) = text switch
            {
                [0xC5, 0xBF, ..] => ((byte)'s', 2),
                [0xC4, 0xB1, ..] => ((byte)'i', 2),
                _ => (text[0], 1),
            };
            plain[length++] = letter;
            text = text[taken..];
        }

        return text.IsEmpty && TryReadTypeWord(plain[..length], out type);
    }

    private static bool TryReadTypeWord(ReadOnlySpan<byte> word, out MetricType type)
    {
        type = word.Length switch
        {
            5 when Ascii.EqualsIgnoreCase(word, "gauge"u8) => MetricType.Gauge,
            7 when Ascii.EqualsIgnoreCase(word, "counter"u8) => MetricType.Counter,
            7 when Ascii.EqualsIgnoreCase(word, "summary"u8) => MetricType.Summary,
            9 when Ascii.EqualsIgnoreCase(word, "histogram"u8) => MetricType.Histogram,
            14 when Ascii.EqualsIgnoreCase(word, "gaugehistogram"u8) => MetricType.GaugeHistogram,
            15 when Ascii.EqualsIgnoreCase(word, "gauge_histogram"u8) => MetricType.GaugeHistogram,
            _ => MetricType.Unspecified,
        };
        return type != MetricType.Unspecified || Ascii.EqualsIgnoreCase(word, "untyped"u8);
    }

    // ---- Samples

    private bool ReadNamedSample()
    {
        if (!TryReadName(NameAlphabet.Metric.Bytes, "metric name", out var name))
        {
            return false;
        }

        if (name.IsEmpty)
        {
            return Fail("invalid metric name");
        }

        return TryBeginMetric(name) && SkipToToken() && ReadSampleAfterName(isNamed: true);
    }

    private bool ReadSampleAfterName(bool isNamed)
    {
        if (!SeriesRoles.BoundName(FamilyType).IsEmpty)
        {
            _le = 0;
            _quantile = 0;
        }

        _labelCount = 0;
        _scratch.ExactLines++;
        if (Current == '{')
        {
            _position++;
            if (!ReadLabels(isNamed))
            {
                return false;
            }
        }

        _isMetricPlain = _labelCount == 0;
        return ReadValue();
    }

    private bool TryBeginMetric(ReadOnlySpan<byte> name)
    {
        if (!TryResolve(name))
        {
            return false;
        }

        SetTyped(_family);
        _hasMetric = true;
        return true;
    }

    private bool TryResolve(ReadOnlySpan<byte> name)
    {
        if (!NameAlphabet.Metric.IsLegal(name))
        {
            return Fail($"invalid metric name {GoQuote.Quote(name)}");
        }

        Resolve(name);
        return true;
    }

    // Begins after the opening brace. When the line began with the brace, the metric's name is one of the items, legal or quoted.
    private bool ReadLabels(bool isNamed)
    {
        var hasOwnName = isNamed;
        while (true)
        {
            if (!SkipToToken())
            {
                return false;
            }

            if (Current == '}')
            {
                return EndLabels(hasOwnName);
            }

            if (!TryReadName(NameAlphabet.Label.Bytes, "label name", out var name))
            {
                return false;
            }

            if (name.IsEmpty)
            {
                return Fail($"invalid label name for metric {QuotedFamilyName}");
            }

            if (!SkipToToken())
            {
                return false;
            }

            if (Current == '=')
            {
                if (!ReadLabel(name))
                {
                    return false;
                }

                if (Current == '}')
                {
                    return EndLabels(hasOwnName);
                }
            }
            else if (isNamed)
            {
                return Fail($"expected '=' after label name, found {GoQuote.Quote(Current)}");
            }
            else if (hasOwnName)
            {
                return Fail($"multiple metric names for metric {QuotedFamilyName}");
            }
            else if (Current is not ((byte)',' or (byte)'}'))
            {
                return Fail($"unexpected end of metric name {GoQuote.Quote(Current)}");
            }
            else if (!TryBeginMetric(name))
            {
                return false;
            }
            else if (Current == '}')
            {
                return EndLabels(hasOwnName: true);
            }
            else
            {
                hasOwnName = true;
            }

            _position++;
        }
    }

    private bool EndLabels(bool hasOwnName)
    {
        // expfmt itself crashes here when a comment has set a family but there is no metric yet.
        if (!_hasMetric)
        {
            return Fail("invalid metric name");
        }

        if (!hasOwnName && _namelessLine == 0 && !(_isMetricPlain && _labelCount == 0 && !SeriesRoles.BoundName(FamilyType).IsEmpty))
        {
            _namelessLine = _line;
        }

        _position++;
        return SkipToToken();
    }

    // Begins at the equals sign. Leaves the position at the comma or brace after the value.
    private bool ReadLabel(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("__name__"u8))
        {
            return Fail("label name \"__name__\" is reserved");
        }

        if (!NameAlphabet.Label.IsLegal(name))
        {
            return Fail($"invalid label name {GoQuote.Quote(name)}");
        }

        var isBound = name.SequenceEqual(SeriesRoles.BoundName(FamilyType));
        var symbol = _batch.Symbols.Intern(name);
        if (!isBound && IsDuplicate(symbol))
        {
            return Fail($"duplicate label names for metric {QuotedFamilyName}");
        }

        _position++;
        if (!SkipToToken())
        {
            return false;
        }

        if (Current != '"')
        {
            return Fail($"expected '\"' at start of label value, found {GoQuote.Quote(Current)}");
        }

        _position++;
        if (!TryReadEscaped((byte)'"', "label value", default, out var value))
        {
            return false;
        }

        if (!_isUtf8 && !Utf8.IsValid(value))
        {
            return Fail($"invalid label value {GoQuote.Quote(value)}");
        }

        return (isBound ? ReadBound(value) : AddLabel(symbol, value))
            && SkipToToken()
            && (Current is (byte)',' or (byte)'}' || Fail($"unexpected end of label value {GoQuote.Quote(value)}"));
    }

    private bool ReadBound(ReadOnlySpan<byte> value)
    {
        var isHistogram = SeriesRoles.IsHistogram(FamilyType);
        if (!TryReadBound(value, out var bound))
        {
            return Fail($"expected float as value for '{(isHistogram ? "le" : "quantile")}' label, got {GoQuote.Quote(value)}");
        }

        if (isHistogram)
        {
            _le = bound;
        }
        else
        {
            _quantile = bound;
        }

        return true;
    }

    private readonly bool IsDuplicate(int name)
    {
        ParseScratch.Reserve(ref _scratch.NamedIn, name);
        var isDuplicate = _scratch.NamedIn[name] == _scratch.ExactLines;
        _scratch.NamedIn[name] = _scratch.ExactLines;
        return isDuplicate;
    }

    private bool AddLabel(int name, ReadOnlySpan<byte> value)
    {
        ParseScratch.Reserve(ref _scratch.Labels, _labelCount);
        _scratch.Labels[_labelCount++] = new ParsedLabel { Name = name, Value = _batch.Symbols.Intern(value) };
        return true;
    }

    private bool ReadValue()
    {
        if (!TryReadWord(out var word))
        {
            return false;
        }

        if (!GoFloat.TryParse(word, out var value))
        {
            return Fail($"expected float as value, got {GoQuote.Quote(word)}");
        }

        var type = FamilyType;
        if (value < 0 && SeriesRoles.IsHistogram(type))
        {
            if (_role == SeriesRole.Count)
            {
                return Fail($"negative count for histogram {QuotedFamilyName}");
            }

            if (_role != SeriesRole.Sum && _le != 0)
            {
                return Fail($"negative bucket population for histogram {QuotedFamilyName}");
            }
        }

        long? timestampMs = null;
        if (Current != '\n' && !TryReadTimestamp(out timestampMs))
        {
            return false;
        }

        _position++;
        AddSeries(type, timestampMs, value);
        return true;
    }

    private bool TryReadTimestamp(out long? timestampMs)
    {
        timestampMs = null;
        SkipBlanks();
        if (!TryReadWord(out var word))
        {
            return false;
        }

        if (!Utf8Parser.TryParse(word, out long timestamp, out var length) || length < word.Length)
        {
            return Fail($"expected integer as timestamp, got {GoQuote.Quote(word)}");
        }

        timestampMs = timestamp;
        return Current == '\n'
            || (TryReadRestOfLine(out var rest) && Fail($"spurious string after timestamp: {GoQuote.Quote(rest)}"));
    }

    // ---- Tokens. A token is a slice of the input, or of the scratch memory until the next token is read.

    private void SkipBlanks()
    {
        while (!AtEnd && IsAtBlank)
        {
            _position++;
        }
    }

    private bool SkipToToken()
    {
        SkipBlanks();
        return !AtEnd || FailAtEnd();
    }

    private bool SkipLine()
    {
        var length = _input[_position..].IndexOf((byte)'\n');
        _position += length + 1;
        return length >= 0 || FailAtEnd();
    }

    // Leaves the position at the whitespace after the word.
    private bool TryReadWord(out ReadOnlySpan<byte> word)
    {
        var rest = _input[_position..];
        var length = rest.IndexOfAny(Whitespace);
        word = length < 0 ? default : rest[..length];
        _position += Math.Max(length, 0);
        return length >= 0 || FailAtEnd();
    }

    // Also consumes the line feed. Outside HELP, expfmt removes backslashes and keeps the characters after them.
    private bool TryReadRestOfLine(out ReadOnlySpan<byte> text)
    {
        var rest = _input[_position..];
        var length = rest.IndexOf((byte)'\n');
        if (length < 0)
        {
            text = default;
            return FailAtEnd();
        }

        _position += length + 1;
        text = rest[..length];
        if (text.Contains((byte)'\\'))
        {
            var written = 0;
            foreach (var unit in text)
            {
                if (unit != '\\')
                {
                    Append(unit, ref written);
                }
            }

            text = _scratch.Token.AsSpan(0, written);
        }

        return true;
    }

    // Leaves the position at the byte after the name; when it is missing, reading fails. The name is empty when no name begins here.
    private bool TryReadName(SearchValues<byte> nameBytes, string kind, out ReadOnlySpan<byte> name)
    {
        name = default;
        var rest = _input[_position..];
        if (rest[0] != '"' && (char.IsAsciiDigit((char)rest[0]) || !nameBytes.Contains(rest[0])))
        {
            return true;
        }

        var length = rest.IndexOfAnyExcept(nameBytes);
        if (length < 0)
        {
            return FailAtEnd();
        }

        name = rest[..length];
        _position += length;
        if (Current != '"')
        {
            return true;
        }

        // A quote may begin anywhere in a name. The name ends at the closing quote.
        _position++;
        return TryReadEscaped((byte)'"', kind, rest[..length], out name) && (!AtEnd || FailAtEnd());
    }

    // Also consumes the terminator.
    private bool TryReadEscaped(byte terminator, string kind, ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> text)
    {
        var written = 0;
        text = prefix;
        while (true)
        {
            var rest = _input[_position..];
            var length = rest.IndexOfAny(terminator, (byte)'\\', (byte)'\n');
            if (length < 0)
            {
                return FailAtEnd();
            }

            var run = rest[..length];
            var end = rest[length];
            _position += length + 1;
            if (end == terminator && text.IsEmpty)
            {
                text = run;
                return true;
            }

            if (written == 0)
            {
                Append(prefix, ref written);
            }

            Append(run, ref written);
            text = _scratch.Token.AsSpan(0, written);
            if (end == terminator)
            {
                return true;
            }

            if (end == '\n')
            {
                return Fail($"{kind} {GoQuote.Quote(text)} contains unescaped new-line");
            }

            if (AtEnd)
            {
                return FailAtEnd();
            }

            if (Current is not ((byte)'\\' or (byte)'"' or (byte)'n'))
            {
                return Fail($"invalid escape sequence '\\{(char)Current}'");
            }

            Append(Current == 'n' ? (byte)'\n' : Current, ref written);
            text = _scratch.Token.AsSpan(0, written);
            _position++;
        }
    }

    private readonly void Append(byte unit, ref int length)
    {
        ParseScratch.Reserve(ref _scratch.Token, length);
        _scratch.Token[length++] = unit;
    }

    private readonly void Append(ReadOnlySpan<byte> text, ref int length)
    {
        ParseScratch.Reserve(ref _scratch.Token, length + text.Length);
        text.CopyTo(_scratch.Token.AsSpan(length));
        length += text.Length;
    }
}
