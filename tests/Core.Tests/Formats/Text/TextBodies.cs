using System.Globalization;
using System.Text;

namespace PushGateway.Core.Tests.Formats.Text;

/// <summary>Random bodies of the text format, by seed: valid ones that use every corner of the grammar, and damaged ones.</summary>
internal sealed class TextBodies(int seed)
{
    private static readonly string[] Names =
    [
        "a", "b_total", "s", "h", "up", "x:y", "_u", "foo_count", "foo_sum", "foo_bucket", "foo", "c_seconds",
    ];

    private static readonly string[] LabelNames = ["a", "b", "le", "quantile", "job", "code", "method", "_x", "A9"];

    private static readonly string[] LabelValues =
    [
        "", "x", "200", "GET", "\\\"q\\\"", "a\\\\b", "new\\nline", "ü", "日本", "{}", "a,b=c", "\U0001F600", "0.5",
    ];

    private static readonly string[] Bounds =
    [
        "0", "0.5", "0.99", "1", "1.0", "+Inf", "inf", "5e-1", "1e6", "1000000", "+1", ".25", "NaN", "1e-7", "0.00001",
        "100000", "6.399999999999999e-08", "24.999999999999996", "-0",
    ];

    private static readonly string[] Values =
    [
        "0", "1", "-1", "1.5", "+3", ".5", "5.", "1e5", "1E-5", "2.279966416e+09", "NaN", "nan", "+Inf", "-inf", "Infinity",
        "1e-400", "12345678901234567890", "9007199254740993", "-0", "0.1", "1.7976931348623157e308", "4.9e-324", "123.456e2",
        "3.0000000000000000000001", "8.999999999999998",
    ];

    private static readonly string[] Types =
    [
        "counter", "gauge", "histogram", "summary", "untyped", "gaugehistogram", "GAUGE", "Gauge_Histogram",
        "hi\u017Ftogram",
    ];

    // Fragments that turn one construct into another, and bytes that are special somewhere.
    private static readonly string[] Fragments =
    [
        "{", "}", "\"", "\\", "\n", ",", "=", " ", "\t", "#", "# TYPE ", "# HELP ", "_sum", "_count", "_bucket", "le=\"", "quantile=\"",
        "\"foo\"", "{foo}", "{}", "{} 1\n", "__name__=\"",
        "0x1", "1_0", "1e999", "-", "+", ".", "e", "inf", "9", "__name__", "\r", "\0", "\u007f", "é", "\u00ad", "\u2028",
        "\\n", "\\t", "\\\"", "} 1\n{", "histogram", "summary",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A body that expfmt accepts.</summary>
    public byte[] Valid()
    {
        var body = new StringBuilder();
        var names = Names.OrderBy(_ => _random.Next()).ToArray();
        foreach (var name in names.Take(_random.Next(1, 5)))
        {
            AppendFamily(body, name, names);
        }

        return Encoding.UTF8.GetBytes(body.ToString());
    }

    /// <summary>A valid body with some damage, which may by chance leave it valid.</summary>
    public byte[] Mutated()
    {
        var body = Valid().ToList();
        for (var times = _random.Next(1, 4); times > 0; times--)
        {
            Mutate(body);
        }

        return [.. body];
    }

    private void AppendFamily(StringBuilder body, string name, string[] names)
    {
        // A suffix would make a family part of another one, and its type line an error.
        var type = names.Any(other => other != name && name.StartsWith(other + "_", StringComparison.Ordinal)) ? "" : Pick(Types);
        if (_random.Next(4) == 0 && type.Length > 0)
        {
            type = "";
        }

        var helpFirst = _random.Next(2) == 0 && type.Length > 0;
        if (helpFirst)
        {
            var help = Pick(["text", "a \\\\ b", "l1\\nl2", "\"quoted\"", "ünï", "x\\\"y "]);
            body.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n");
        }

        if (type.Length > 0)
        {
            body.Append(CultureInfo.InvariantCulture, $"#{Blank()}TYPE{Blank()}{name}{Blank()}{type}\n");
        }

        for (var lines = _random.Next(0, 6); lines > 0; lines--)
        {
            AppendSample(body, name, type.ToUpperInvariant().Replace("\u017F", "S", StringComparison.Ordinal));
        }
    }

    private void AppendSample(StringBuilder body, string name, string type)
    {
        var isHistogram = type.EndsWith("HISTOGRAM", StringComparison.Ordinal);
        var isSummary = type == "SUMMARY";
        var suffix = isHistogram ? Pick(["_bucket", "_bucket", "_bucket", "_sum", "_count", ""])
            : isSummary ? Pick(["", "", "_sum", "_count"])
            : "";
        var bound = isHistogram && suffix is "_bucket" or "" ? "le" : isSummary && suffix.Length == 0 ? "quantile" : null;
        var value = Pick(Values);
        var isPart = isHistogram || isSummary || name.StartsWith("foo_", StringComparison.Ordinal);
        value = isPart && value[0] == '-' ? "1" : value;
        var labels = Labels(bound, isPart);
        var fullName = name + suffix;
        var head = _random.Next(16) switch
        {
            0 => $"\"{fullName}\"{labels}",
            1 when !fullName.Contains(':', StringComparison.Ordinal) => "{" + fullName + (labels.Length > 2 ? "," + labels[1..] : "}"),
            2 => fullName[..1] + "\"" + fullName[1..] + "\"" + labels,
            3 => fullName + Blank() + labels,
            _ => fullName + labels,
        };
        var timestamp = _random.Next(8) == 0 ? Blank() + Pick(["0", "1700000000000", "-5", "+7", "9223372036854775807"]) : "";
        var lead = _random.Next(20) == 0 ? Blank() : "";
        body.Append(CultureInfo.InvariantCulture, $"{lead}{head}{Blank()}{value}{timestamp}\n");
        if (_random.Next(12) == 0)
        {
            body.Append(Pick(["\n", "# a comment\n", " \t\n", "#\n", "# HELP\n", "# TYPE x\n", "# EOF\n"]));
        }
    }

    private string Labels(string? bound, bool isPart)
    {
        var names = LabelNames
            .Where(name => name != bound && !(isPart && name is "le" or "quantile"))
            .OrderBy(_ => _random.Next())
            .Take(_random.Next(0, 4))
            .ToList();
        if (bound is not null && _random.Next(8) != 0)
        {
            names.Insert(_random.Next(names.Count + 1), bound);
        }

        if (names.Count == 0)
        {
            return _random.Next(4) == 0 ? "{}" : "";
        }

        var separator = _random.Next(6) == 0 ? " , " : ",";
        var equal = _random.Next(10) == 0 ? " =\t" : "=";
        var quote = _random.Next(12) == 0 ? "\"" : "";
        var labels = names.Select(name => $"{quote}{name}{quote}{equal}\"{Pick(name == bound ? Bounds : LabelValues)}\"");
        return "{" + string.Join(separator, labels) + (_random.Next(8) == 0 ? "," : "") + "}";
    }

    private void Mutate(List<byte> body)
    {
        var at = _random.Next(body.Count + 1);
        var length = Math.Min(_random.Next(1, 12), body.Count - at);
        switch (_random.Next(9))
        {
            case 0 when length > 0:
                body[at] = (byte)_random.Next(256);
                break;
            case 1 when length > 0:
                body[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 2:
                body.RemoveRange(at, length);
                break;
            case 3:
                body.Insert(at, (byte)_random.Next(256));
                break;
            case 4:
                body.RemoveRange(at, body.Count - at);
                break;
            case 5:
                body.InsertRange(at, body.GetRange(_random.Next(body.Count - length + 1), length));
                break;
            case 6:
                var lines = LineStarts(body);
                var from = _random.Next(lines.Count - 1);
                body.InsertRange(lines[_random.Next(lines.Count)], body.GetRange(lines[from], lines[from + 1] - lines[from]));
                break;
            default:
                body.InsertRange(at, Encoding.UTF8.GetBytes(Pick(Fragments)));
                break;
        }
    }

    private static List<int> LineStarts(List<byte> body)
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < body.Count; i++)
        {
            if (body[i] == '\n')
            {
                starts.Add(i + 1);
            }
        }

        starts.Add(body.Count);
        return starts;
    }

    private string Blank() => _random.Next(8) == 0 ? Pick(["  ", "\t", " \t "]) : " ";

    private string Pick(string[] choices) => choices[_random.Next(choices.Length)];
}
