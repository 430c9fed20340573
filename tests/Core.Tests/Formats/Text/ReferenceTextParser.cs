using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Core.Tests.Formats.Text;

/// <summary>
/// The text format a byte and a state at a time: slow, and simple enough to be checked against expfmt by reading. Latin-1 strings
/// stand for bytes. It shares only <see cref="GoQuote"/> with the parser that it judges.
/// </summary>
internal sealed partial class ReferenceTextParser
{
    private readonly byte[] _input;
    private readonly long _receivedMs;
    private readonly Dictionary<string, Family> _families = [];
    private readonly List<Family> _order = [];
    private readonly List<ReferenceSeries> _series = [];
    private int _next;
    private int _line;
    private char _current;
    private Family? _family;
    private string _name = "";
    private string _suffix = "";
    private bool _hasMetric;
    private bool _metricHasLabels;
    private double _le = double.NaN;
    private double _quantile = double.NaN;
    private List<(string Name, string Value)> _labels = [];
    private int _timestampLine;
    private int _namelessLine;

    private ReferenceTextParser(byte[] input, long receivedMs)
    {
        _input = input;
        _receivedMs = receivedMs;
    }

    private enum State
    {
        StartOfLine,
        Comment,
        MetricName,
        Labels,
        LabelName,
        Value,
        End,
    }

    private bool HasBuckets => _family?.Type is MetricType.Histogram or MetricType.GaugeHistogram;

    private bool HasQuantiles => _family?.Type is MetricType.Summary;

    public static ReferenceOutcome Parse(byte[] input, long receivedMs)
    {
        var parser = new ReferenceTextParser(input, receivedMs);
        try
        {
            parser.Run();
            var families = parser._order.Select(family => family.ToString()).ToList();
            return new ReferenceOutcome(null, 0, parser._timestampLine, parser._namelessLine, families, parser._series);
        }
        catch (FormatException exception)
        {
            var message = $"text format parsing error in line {parser._line}: {exception.Message}";
            return new ReferenceOutcome(message, parser._line, 0, 0, [], []);
        }
    }

    [GeneratedRegex(@"\A[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\z")]
    private static partial Regex Decimal { get; }

    [GeneratedRegex(@"\A[+-]?inf(inity)?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Infinite { get; }

    [GeneratedRegex(@"\A[+-]?[0-9]+\z")]
    private static partial Regex Whole { get; }

    [GeneratedRegex(@"\A[a-zA-Z_:][a-zA-Z0-9_:]*\z")]
    private static partial Regex LegacyMetricName { get; }

    [GeneratedRegex(@"\A[a-zA-Z_][a-zA-Z0-9_]*\z")]
    private static partial Regex LegacyLabelName { get; }

    private void Run()
    {
        var braced = false;
        var named = false;
        for (var state = State.StartOfLine; state != State.End;)
        {
            switch (state)
            {
                case State.StartOfLine:
                    _line++;
                    state = StartOfLine();
                    braced = state == State.Labels;
                    named = !braced;
                    break;
                case State.Comment:
                    Comment();
                    state = State.StartOfLine;
                    break;
                case State.MetricName:
                    var name = Name(colon: true, "metric name");
                    Require(name.Length > 0, "invalid metric name");
                    BeginMetric(name);
                    BlanksFromHere();
                    state = State.Labels;
                    break;
                case State.Labels:
                    if (HasBuckets || HasQuantiles)
                    {
                        _le = double.NaN;
                        _quantile = double.NaN;
                    }

                    _labels = [];
                    state = _current == '{' ? State.LabelName : State.Value;
                    break;
                case State.LabelName:
                    state = Label(braced, ref named);
                    break;
                case State.Value:
                    Value();
                    state = State.StartOfLine;
                    break;
            }
        }
    }

    private State StartOfLine()
    {
        do
        {
            if (_next == _input.Length)
            {
                return State.End;
            }

            Read();
        }
        while (_current is ' ' or '\t');

        return _current switch
        {
            '#' => State.Comment,
            '\n' => State.StartOfLine,
            '{' => State.Labels,
            _ => State.MetricName,
        };
    }

    private void Comment()
    {
        Blanks();
        var keyword = Word();
        if (keyword is not ("HELP" or "TYPE"))
        {
            RestOfLine();
            return;
        }

        BlanksFromHere();
        var name = Name(colon: true, "metric name");
        if (_current == '\n')
        {
            return;
        }

        Require(_current is ' ' or '\t', "invalid metric name in comment");
        Resolve(name);
        BlanksFromHere();
        if (_current == '\n')
        {
            return;
        }

        if (keyword == "HELP")
        {
            Require(_family!.Help is null, $"second HELP line for metric name {Quote(_family.Name)}");
            _family.Help = ValidUtf8(Escaped(_current, '\n', ""));
        }
        else
        {
            Require(_family!.Type is null, $"second TYPE line for metric name {Quote(_family.Name)}, or TYPE reported after samples");
            var type = RestOfLine();
            _family.Type = TypeOf(type) ?? throw new FormatException($"unknown metric type {Quote(type)}");
        }
    }

    private static MetricType? TypeOf(string text) =>
        text
            .Replace("\u00C5\u00BF", "S", StringComparison.Ordinal)
            .Replace("\u00C4\u00B1", "I", StringComparison.Ordinal)
            .ToUpperInvariant() switch
        {
            "COUNTER" => MetricType.Counter,
            "GAUGE" => MetricType.Gauge,
            "HISTOGRAM" => MetricType.Histogram,
            "GAUGEHISTOGRAM" or "GAUGE_HISTOGRAM" => MetricType.GaugeHistogram,
            "SUMMARY" => MetricType.Summary,
            "UNTYPED" => MetricType.Unspecified,
            _ => null,
        };

    private void BeginMetric(string name)
    {
        Resolve(name);
        _family!.Type ??= MetricType.Unspecified;
        _hasMetric = true;
    }

    private void Resolve(string name)
    {
        Require(LegacyMetricName.IsMatch(name), $"invalid metric name {Quote(name)}");
        _name = name;
        _suffix = "";
        if (_families.TryGetValue(name, out _family))
        {
            return;
        }

        foreach (var suffix in (string[])["_sum", "_count", "_bucket"])
        {
            if (name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal)
                && _families.TryGetValue(name[..^suffix.Length], out _family)
                && (HasBuckets || (HasQuantiles && suffix != "_bucket")))
            {
                _suffix = suffix;
                return;
            }
        }

        _family = new Family(name);
        _families.Add(name, _family);
        _order.Add(_family);
    }

    private State Label(bool braced, ref bool named)
    {
        Blanks();
        if (_current == '}')
        {
            EndLabels(named);
            return State.Value;
        }

        var name = Name(colon: false, "label name");
        Require(name.Length > 0, $"invalid label name for metric {Quote(_family?.Name ?? "")}");
        BlanksFromHere();
        if (_current != '=')
        {
            Require(braced, $"expected '=' after label name, found {GoQuote.Quote((byte)_current)}");
            Require(!named, $"multiple metric names for metric {Quote(_family?.Name ?? "")}");
            Require(_current is ',' or '}', $"unexpected end of metric name {GoQuote.Quote((byte)_current)}");
            BeginMetric(name);
            named = true;
        }
        else
        {
            LabelValue(name);
        }

        if (_current == ',')
        {
            return State.LabelName;
        }

        EndLabels(named);
        return State.Value;
    }

    private void LabelValue(string name)
    {
        Require(name != "__name__", "label name \"__name__\" is reserved");
        Require(LegacyLabelName.IsMatch(name), $"invalid label name {Quote(name)}");
        var isBound = (HasBuckets && name == "le") || (HasQuantiles && name == "quantile");
        Require(
            isBound || _labels.TrueForAll(label => label.Name != name),
            $"duplicate label names for metric {Quote(_family?.Name ?? "")}");
        Blanks();
        Require(_current == '"', $"expected '\"' at start of label value, found {GoQuote.Quote((byte)_current)}");
        Read();
        var value = Escaped(_current, '"', "label value");
        Require(IsUtf8(value), $"invalid label value {Quote(value)}");
        if (isBound)
        {
            var bound = Float(value) ?? throw new FormatException($"expected float as value for '{name}' label, got {Quote(value)}");
            _ = HasBuckets ? _le = bound : _quantile = bound;
        }
        else
        {
            _labels.Add((name, value));
        }

        Blanks();
        Require(_current is ',' or '}', $"unexpected end of label value {Quote(value)}");
    }

    private void EndLabels(bool named)
    {
        Require(_hasMetric, "invalid metric name");
        if (!named && _namelessLine == 0 && (_metricHasLabels || _labels.Count > 0 || !(HasBuckets || HasQuantiles)))
        {
            _namelessLine = _line;
        }

        Blanks();
    }

    private void Value()
    {
        _metricHasLabels = _labels.Count > 0;
        var word = Word();
        var value = Float(word) ?? throw new FormatException($"expected float as value, got {Quote(word)}");
        Require(!(HasBuckets && _suffix == "_count" && value < 0), $"negative count for histogram {Quote(_family!.Name)}");
        Require(
            !(HasBuckets && _suffix is "" or "_bucket" && !double.IsNaN(_le) && value < 0),
            $"negative bucket population for histogram {Quote(_family.Name)}");
        var timestampMs = _receivedMs;
        if (_current != '\n')
        {
            Blanks();
            var text = Word();
            timestampMs = Integer(text) ?? throw new FormatException($"expected integer as timestamp, got {Quote(text)}");
            var rest = RestOfLine();
            Require(rest.Length == 0, $"spurious string after timestamp: {Quote(rest)}");
            _timestampLine = _timestampLine == 0 ? _line : _timestampLine;
        }

        Emit(value, timestampMs);
    }

    private void Emit(double value, long timestampMs)
    {
        var name = _name;
        if (HasBuckets && _suffix is "" or "_bucket")
        {
            if (double.IsNaN(_le))
            {
                return;
            }

            name = _family!.Name + "_bucket";
            _labels.Add(("le", Canonical(_le)));
        }
        else if (HasQuantiles && _suffix == "")
        {
            if (double.IsNaN(_quantile))
            {
                return;
            }

            _labels.Add(("quantile", Canonical(_quantile)));
        }
        else if (HasQuantiles && _suffix == "_count" && value > -1 && value < Math.Pow(2, 64))
        {
            value = value < 1 ? 0 : Math.Floor(value);
        }

        var labels = _labels
            .Where(label => label.Value.Length > 0)
            .OrderBy(label => label.Name, StringComparer.Ordinal)
            .Select(label => $"{label.Name}={label.Value}");
        _series.Add(new ReferenceSeries(
            _family!.Name, name, string.Join("|", labels), timestampMs, BitConverter.DoubleToInt64Bits(value)));
    }

    private static double? Float(string text)
    {
        if (string.Equals(text, "nan", StringComparison.OrdinalIgnoreCase))
        {
            return double.NaN;
        }

        if (Infinite.IsMatch(text))
        {
            return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        }

        var value = Decimal.IsMatch(text) ? double.Parse(text, CultureInfo.InvariantCulture) : double.NaN;
        return double.IsFinite(value) ? value : null;
    }

    private static long? Integer(string text)
    {
        if (!Whole.IsMatch(text))
        {
            return null;
        }

        var value = BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return value >= long.MinValue && value <= long.MaxValue ? (long)value : null;
    }

    // The fewest digits that read back, then C's %e or %f by the exponent.
    private static string Canonical(double value)
    {
        if (double.IsInfinity(value))
        {
            return value > 0 ? "+Inf" : "-Inf";
        }

        if (value == 0)
        {
            return "0";
        }

        var precision = 0;
        while (double.Parse(Scientific(value, precision), CultureInfo.InvariantCulture) != value)
        {
            precision++;
        }

        var parts = Scientific(value, precision).Split('e');
        var exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
        var scientific = string.Join('e', parts);
        return exponent is >= -4 and < 6
            ? decimal.Parse(scientific, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : scientific;
    }

    private static string Scientific(double value, int precision)
    {
        var parts = value.ToString($"e{precision}", CultureInfo.InvariantCulture).Split('e');
        return parts[0] + "e" + int.Parse(parts[1], CultureInfo.InvariantCulture).ToString("+00;-00", CultureInfo.InvariantCulture);
    }

    private void Read()
    {
        Require(_next < _input.Length, "unexpected end of input stream");
        _current = (char)_input[_next++];
    }

    private void Blanks()
    {
        Read();
        BlanksFromHere();
    }

    private void BlanksFromHere()
    {
        while (_current is ' ' or '\t')
        {
            Read();
        }
    }

    private string Word()
    {
        var word = new StringBuilder();
        while (_current is not (' ' or '\t' or '\n'))
        {
            word.Append(_current);
            Read();
        }

        return word.ToString();
    }

    private string RestOfLine()
    {
        var text = new StringBuilder();
        while (_current != '\n')
        {
            if (_current != '\\')
            {
                text.Append(_current);
            }

            Read();
        }

        return text.ToString();
    }

    private string Name(bool colon, string what)
    {
        bool IsPart(char unit) => char.IsAsciiLetterOrDigit(unit) || unit == '_' || (colon && unit == ':');
        var name = new StringBuilder();
        if (char.IsAsciiDigit(_current))
        {
            return "";
        }

        while (IsPart(_current))
        {
            name.Append(_current);
            Read();
        }

        if (_current == '"')
        {
            Read();
            name.Append(Escaped(_current, '"', what, name.ToString()));
            Read();
        }

        return name.ToString();
    }

    private string Escaped(char first, char end, string what, string before = "")
    {
        var text = new StringBuilder();
        for (_current = first; _current != end; Read())
        {
            Require(_current != '\n', $"{what} {Quote(before + text)} contains unescaped new-line");
            if (_current != '\\')
            {
                text.Append(_current);
                continue;
            }

            Read();
            Require(_current is '\\' or '"' or 'n', $"invalid escape sequence '\\{_current}'");
            text.Append(_current == 'n' ? '\n' : _current);
        }

        return text.ToString();
    }

    private static bool IsUtf8(string bytes)
    {
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(Encoding.Latin1.GetBytes(bytes));
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static string Quote(string bytes) => GoQuote.Quote(Encoding.Latin1.GetBytes(bytes));

    private static string ValidUtf8(string bytes) =>
        Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes))));

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new FormatException(message);
        }
    }

    private sealed class Family(string name)
    {
        public string Name => name;

        public MetricType? Type { get; set; }

        public string? Help { get; set; }

        public override string ToString() => $"{name} {Type ?? MetricType.Unspecified} {Help}";
    }
}
