using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Formats.OpenMetrics;

/// <summary>
/// Parses OpenMetrics 1.0 text strictly by the specification: its grammar, the rules of each metric type, and the rule that families,
/// metrics and points are not interleaved. There is one exception: HELP may contain an unescaped quote, as all other parsers allow.
/// </summary>
/// <remarks>
/// <para>
/// Series keep the names and label values of the body; <c>le="1.0"</c> stays as it is. Exemplars are checked and dropped. Timestamps are
/// rounded to milliseconds. When a metric has several points in one millisecond, the first one is kept.
/// </para>
/// <para>
/// The families of the batch differ from those of the body. They are the families of the text format 0.0.4, because
/// <see cref="SeriesRoles.SuffixLength"/> must find them again from the series' names after the queue: the counter <c>foo</c> becomes the counter family
/// <c>foo_total</c>, the info <c>foo</c> the info family <c>foo_info</c>. <c>_created</c> samples stay series, as in a Prometheus that
/// scrapes them. They, and <c>_gsum</c> and <c>_gcount</c> samples, become gauge families of their own, because counters and histograms of
/// 0.0.4 have no such members. The OpenMetrics exposition joins them again.
/// </para>
/// <para>Families without samples are checked but not added to the batch. A label with an empty value counts as missing.</para>
/// </remarks>
internal ref partial struct OpenMetricsReader
{
    private readonly ReadOnlySpan<byte> _input;
    private readonly MetricBatch _batch;
    private readonly OpenMetricsScratch _scratch;
    private readonly long _defaultTimestampMs;

    // A line of another family ends the current one.
    private int _position;
    private int _line;
    private PushError? _error;

    // Line of the first sample with a timestamp, or 0.
    private int _timestampLine;

    // The current family. Its metadata cannot change after its first sample.
    private ReadOnlySpan<byte> _family;
    private int _familyOrdinal;
    private int _familyLine;
    private MetricType _type;
    private int _help;
    private ReadOnlySpan<byte> _unit;
    private bool _hasType;
    private bool _hasHelp;
    private bool _hasUnit;
    private bool _hasSamples;

    // The family of the batch with the name of the current family, added with its first sample; -1 before.
    private int _ownFamily;

    private int _labelCount;

    // The current metric, its current point, and the line of that point's last sample.
    private int _group;
    private OpenMetricsPoint _point;
    private int _pointOrdinal;
    private int _pointLine;
    private double? _pointSeconds;
    private bool _isPointDropped;

    private OpenMetricsReader(ReadOnlySpan<byte> input, MetricBatch batch, long defaultTimestampMs, OpenMetricsScratch scratch)
    {
        _input = input;
        _batch = batch;
        _defaultTimestampMs = defaultTimestampMs;
        _scratch = scratch;
    }

    /// <summary>
    /// Appends a body to <paramref name="destination"/>: for each sample line one series with one sample. In the steady state this
    /// allocates nothing. Limits are not checked.
    /// </summary>
    /// <param name="input">The whole body, decompressed.</param>
    /// <param name="destination">The caller has called <see cref="MetricBatch.BeginPush"/>, and rolls back when parsing fails.</param>
    /// <param name="context">Samples without a timestamp get the time of receipt.</param>
    /// <param name="result">What the caller may want to refuse.</param>
    /// <param name="error"><see cref="RejectCode.OpenMetricsInvalid"/> with the line.</param>
    /// <returns>Whether the body is valid.</returns>
    /// <exception cref="PushTooLargeException">As for <see cref="MetricBatch.BeginSeries"/>.</exception>
    public static bool TryRead(
        ReadOnlySpan<byte> input,
        MetricBatch destination,
        in ParseContext context,
        out TextParseResult result,
        [NotNullWhen(false)] out PushError? error)
    {
        using var scratch = OpenMetricsScratch.OfThread();
        var reader = new OpenMetricsReader(input, destination, context.DefaultTimestampMs, scratch);
        var parsed = reader.Run(out error);
        result = new TextParseResult(reader._timestampLine, NamelessLine: 0);
        return parsed;
    }

    private bool Run(out PushError? error)
    {
        var parsed = Utf8.IsValid(_input) ? ReadLines() : FailNotUtf8();
        error = _error;
        return parsed;
    }

    private bool ReadLines()
    {
        while (_position < _input.Length)
        {
            _line++;
            var rest = _input[_position..];
            var length = rest.IndexOf((byte)'\n');
            var line = length < 0 ? rest : rest[..length];
            _position += length < 0 ? line.Length : length + 1;

            // "Expositions MUST end with EOF and SHOULD end with 'EOF\n'."
            if (line.SequenceEqual("# EOF"u8))
            {
                return EndFamily() && EndInput();
            }

            if (length < 0)
            {
                break;
            }

            if (!ReadLine(line))
            {
                return false;
            }
        }

        _line = Math.Max(_line, 1);
        return Fail("the last line is not \"# EOF\"");
    }

    private bool EndInput()
    {
        _line++;
        return _position == _input.Length || Fail("there is more after \"# EOF\"");
    }

    private bool ReadLine(ReadOnlySpan<byte> line) =>
        line.IsEmpty ? Fail("blank line")
        : line[0] == '#' ? ReadMetadata(line)
        : ReadSample(line);

    private bool Fail(string reason) => FailAt(_line, reason);

    private bool FailAt(int line, string reason)
    {
        _error = new PushError(RejectCode.OpenMetricsInvalid, $"openmetrics format parsing error in line {line}: {reason}", line);
        return false;
    }

    private bool FailNotUtf8()
    {
        var line = 1;
        foreach (var range in _input.Split((byte)'\n'))
        {
            if (!Utf8.IsValid(_input[range]))
            {
                break;
            }

            line++;
        }

        return FailAt(line, "not valid UTF-8");
    }

    // ---- Metadata

    // HASH SP ("TYPE" / "HELP" / "UNIT") SP metricname SP text
    private bool ReadMetadata(ReadOnlySpan<byte> line)
    {
        const int keywordLength = 7;
        var keyword = line.Length < keywordLength ? default : line[..keywordLength];
        var isType = keyword.SequenceEqual("# TYPE "u8);
        var isHelp = keyword.SequenceEqual("# HELP "u8);
        if (!isType && !isHelp && !keyword.SequenceEqual("# UNIT "u8))
        {
            return Fail("a line that begins with '#' is neither TYPE nor HELP nor UNIT nor EOF");
        }

        line = line[keywordLength..];
        var end = line.IndexOf((byte)' ');
        var name = end < 0 ? line : line[..end];
        if (!NameAlphabet.Metric.IsLegal(name))
        {
            return Fail($"invalid metric name {GoQuote.Quote(name)}");
        }

        if (end < 0)
        {
            return Fail($"nothing follows the metric name {GoQuote.Quote(name)}");
        }

        if (!name.SequenceEqual(_family))
        {
            if (!BeginFamily(name))
            {
                return false;
            }
        }
        else if (_hasSamples)
        {
            return Fail($"metadata of {GoQuote.Quote(name)} after its samples");
        }

        ref var isKnown = ref isType ? ref _hasType : ref isHelp ? ref _hasHelp : ref _hasUnit;
        if (isKnown)
        {
            return Fail($"second {(isType ? "TYPE" : isHelp ? "HELP" : "UNIT")} line for metric {GoQuote.Quote(_family)}");
        }

        isKnown = true;
        var text = line[(end + 1)..];
        return isType ? ReadType(text) : isHelp ? ReadHelp(text) : ReadUnit(text);
    }

    private bool ReadType(ReadOnlySpan<byte> text) =>
        OpenMetricsType.TryParse(text, out _type) || Fail($"unknown metric type {GoQuote.Quote(text)}");

    private bool ReadHelp(ReadOnlySpan<byte> text)
    {
        _help = _batch.Symbols.Intern(text.Contains((byte)'\\') ? Unescape(text) : text);
        return true;
    }

    // "An underscore and the unit MUST be the suffix of the MetricFamily name." An empty unit counts as none.
    private bool ReadUnit(ReadOnlySpan<byte> text)
    {
        _unit = text;
        return text.IsEmpty
            || (_family.Length > text.Length && _family.EndsWith(text) && _family[^(text.Length + 1)] == '_')
            || Fail($"unit {GoQuote.Quote(text)} is not the suffix of metric name {GoQuote.Quote(_family)}");
    }

    // ---- Families

    private bool BeginFamily(ReadOnlySpan<byte> name)
    {
        if (!EndFamily())
        {
            return false;
        }

        if (!TryReserve(name))
        {
            return Fail($"the name {GoQuote.Quote(name)} belongs to a metric family above");
        }

        _family = name;
        _familyOrdinal++;
        _familyLine = _line;
        _type = MetricType.Unspecified;
        _help = 0;
        _unit = default;
        (_hasType, _hasHelp, _hasUnit, _hasSamples) = (false, false, false, false);
        _scratch.SeriesNames.AsSpan().Clear();
        _ownFamily = -1;
        _group = NoGroup;
        return true;
    }

    private bool EndFamily() => _familyOrdinal == 0 || (_hasSamples ? EndPoint() : SettleFamily());

    private bool SettleFamily()
    {
        if (!_unit.IsEmpty && _type is MetricType.Info or MetricType.StateSet)
        {
            return FailAt(_familyLine, $"metric {GoQuote.Quote(_family)} of a type that has no unit has one");
        }

        foreach (var role in OpenMetricsType.RolesOf(_type))
        {
            if (!TryReserve(ParseScratch.Join(ref _scratch.Token, _family, OpenMetricsType.Suffix(role))))
            {
                return FailAt(_familyLine, $"a sample name of metric {GoQuote.Quote(_family)} belongs to a metric family above");
            }
        }

        return true;
    }

    private readonly bool TryReserve(ReadOnlySpan<byte> name)
    {
        var count = _scratch.Names.Count;
        _scratch.Names.Intern(name);
        return _scratch.Names.Count > count;
    }

    // Returns the family of the batch for a role in the current family. It is added with the role's first sample.
    private int FamilyOf(OpenMetricsRole role, int seriesName)
    {
        switch (role)
        {
            case OpenMetricsRole.Total or OpenMetricsRole.Info:
                return _batch.AddFamily(seriesName, _type, _help, _batch.Symbols.Intern(_unit));
            case OpenMetricsRole.GaugeSum:
                return _batch.AddFamily(seriesName, MetricType.Gauge, _help, _batch.Symbols.Intern(_unit));
            case OpenMetricsRole.GaugeCount or OpenMetricsRole.Created:
                return _batch.AddFamily(seriesName, MetricType.Gauge, _help);
            default:
                if (_ownFamily < 0)
                {
                    _ownFamily = _batch.AddFamily(_batch.Symbols.Intern(_family), _type, _help, _batch.Symbols.Intern(_unit));
                }

                return _ownFamily;
        }
    }
}
