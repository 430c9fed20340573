using System.Globalization;
using System.Text;

namespace PushGateway.Core.Tests.Formats.OpenMetrics;

/// <summary>Makes bodies from a seed: valid ones of every type, and damaged ones.</summary>
/// <param name="seed">The seed.</param>
/// <param name="forPython">
/// Leaves out what the Python client reads wrongly: it drops samples from the second point of a metric that has several samples in each,
/// and it holds all infos of a family for one metric. It cannot read <c>}</c> in an exemplar's label value either.
/// </param>
internal sealed class OpenMetricsBodies(int seed, bool forPython = false)
{
    private static readonly string[] Types = ["counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown", ""];
    private static readonly string[] LabelValues = ["x", "", "a b", "\\n", "\\\\", "\\\"", " # ", "}", "{", "ü\u20ac", "=\\\",", "0.5"];
    private static readonly string[] Damage =
        [" ", "\n", "#", "\"", "{", "}", ",", "=", "\\", "-", "1", "9", "NaN", "+Inf", "e", ".", "_", "a", "# EOF\n", "_total", "le=\"1\"", "\r", "\t"];

    private readonly Random _random = new(seed);
    private readonly StringBuilder _body = new();

    public string Valid(int families = 0)
    {
        families = families == 0 ? _random.Next(1, 5) : families;
        for (var i = 0; i < families; i++)
        {
            AppendFamily($"m{i}{Pick(["", "_x", ":y", "_seconds"])}");
        }

        return _body.Append(_random.Next(4) == 0 ? "# EOF" : "# EOF\n").ToString();
    }

    public string Damaged()
    {
        Valid();
        var at = _random.Next(_body.Length);
        switch (_random.Next(5))
        {
            case 0:
                _body.Remove(at, Math.Min(_random.Next(1, 4), _body.Length - at));
                break;
            case 1:
                _body.Insert(at, Pick(Damage));
                break;
            case 2:
                _body[at] = Pick(Damage)[0];
                break;
            default:
                MoveLine();
                break;
        }

        return _body.ToString();
    }

    private void MoveLine()
    {
        var lines = _body.ToString().Split('\n').ToList();
        var line = lines[_random.Next(lines.Count)];
        if (_random.Next(2) == 0)
        {
            lines.Remove(line);
        }

        lines.Insert(_random.Next(lines.Count + 1), line);
        _body.Clear().AppendJoin('\n', lines);
    }

    private void AppendFamily(string name)
    {
        var type = Pick(Types);

        // A name with a colon is no label name, which the states of a set would need.
        name = type == "stateset" ? name.Replace(":", "", StringComparison.Ordinal) : name;
        if (type.Length > 0)
        {
            _body.Append($"# TYPE {name} {type}\n");
        }

        if (_random.Next(2) == 0)
        {
            _body.Append($"# HELP {name} {Pick(["Some help.", "", "a \\\\ b\\n\\\"c\\\""])}\n");
        }

        if (name.EndsWith("_seconds", StringComparison.Ordinal) && type is not ("info" or "stateset"))
        {
            _body.Append($"# UNIT {name} seconds\n");
        }

        var isOfOneSample = type is "gauge" or "unknown" or "";
        var metrics = forPython && type == "info" ? 1 : _random.Next(1, 4);
        for (var metric = 0; metric < metrics; metric++)
        {
            var labels = $"id=\"{metric}\"" + (_random.Next(2) == 0 ? $",l=\"{Pick(LabelValues)}\"" : "");
            var points = _random.Next(forPython && !isOfOneSample ? 2 : 3);
            for (var point = 0; point < Math.Max(points, 1); point++)
            {
                AppendPoint(type, name, labels, points == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {1600000000 + point}{Pick(["", ".5", ".125"])}"));
            }
        }
    }

    private void AppendPoint(string type, string name, string labels, string time)
    {
        switch (type)
        {
            case "counter":
                Append($"{name}_total", labels, Number(), time + Exemplar());
                AppendSometimes($"{name}_created", labels, "1520430000.123", time);
                break;
            case "histogram" or "gaugehistogram":
                AppendHistogram(type == "histogram", name, labels, time);
                break;
            case "summary":
                AppendSometimes(name, labels + ",quantile=\"0.5\"", Number(), time);
                AppendSometimes($"{name}", labels + ",quantile=\"0.99\"", "NaN", time);
                Append($"{name}_count", labels, "17", time);
                AppendSometimes($"{name}_sum", labels, Number(), time);
                break;
            case "info":
                Append($"{name}_info", labels, "1", time);
                break;
            case "stateset":
                Append(name, $"{labels},{name}=\"a\"", "1", time);
                Append(name, $"{name}=\"b\",{labels}", "0.0", time);
                break;
            default:
                Append(name, labels, Pick(["-1", "NaN", "+Inf", "1e-7", "17.0"]), time);
                break;
        }
    }

    private void AppendHistogram(bool isHistogram, string name, string labels, string time)
    {
        var count = 0;
        foreach (var bound in new[] { "0.001", "1.0", "1e+06", "+Inf" })
        {
            count += _random.Next(5);
            Append($"{name}_bucket", $"{labels},le=\"{bound}\"", count.ToString(CultureInfo.InvariantCulture), time + Exemplar());
        }

        if (_random.Next(2) == 0)
        {
            Append(name + (isHistogram ? "_count" : "_gcount"), labels, count.ToString(CultureInfo.InvariantCulture), time);
            Append(name + (isHistogram ? "_sum" : "_gsum"), labels, Number(), time);
        }

        if (isHistogram)
        {
            AppendSometimes($"{name}_created", labels, "1520430000", time);
        }
    }

    private string Exemplar() => _random.Next(3) != 0 ? "" : Pick([" # {} 1", " # {trace_id=\"KOO5\"} 0.67", " # {a=\"{\",b=\" # \"} 9.8 1520879607.789", forPython ? "" : " # {a=\"}\"} +Inf -1"]);

    private string Number() => Pick(["0", "1", "0042", "17.5", "1.89e-7", "4.20072246e+06", "12345678901234567"]);

    private void AppendSometimes(string name, string labels, string value, string time)
    {
        if (_random.Next(2) == 0)
        {
            Append(name, labels, value, time);
        }
    }

    private void Append(string name, string labels, string value, string rest) => _body.Append($"{name}{{{labels}}} {value}{rest}\n");

    private string Pick(string[] options) => options[_random.Next(options.Length)];
}
