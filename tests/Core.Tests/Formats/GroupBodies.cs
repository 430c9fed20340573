using System.Globalization;
using System.Text;

namespace PushGateway.Core.Tests.Formats;

/// <summary>
/// Random text pushes to a group, by seed, in which inconsistencies are frequent: few names, some with another one's suffix, and few labels,
/// which the group's may take the place of.
/// </summary>
internal sealed class GroupBodies(int seed)
{
    private static readonly string[] Names = ["m", "m_count", "m_sum", "m_bucket", "m_sum_count", "n", "_count"];
    private static readonly string[] Types = ["counter", "gauge", "histogram", "summary", "untyped"];
    private static readonly string[] Values = ["x", "y", "0.5"];

    private readonly Random _random = new(seed);

    /// <summary>The group's labels.</summary>
    public Dictionary<string, string> Group()
    {
        var group = new Dictionary<string, string> { ["job"] = "j" };
        foreach (var name in (string[])["a", "b", "instance"])
        {
            if (_random.Next(4) == 0)
            {
                group[name] = Pick(Values);
            }
        }

        if (_random.Next(12) == 0)
        {
            group["quantile"] = "0.5";
        }

        return group;
    }

    /// <summary>The body.</summary>
    public string Next()
    {
        var body = new StringBuilder();
        var names = Names.ToArray();
        _random.Shuffle(names);
        foreach (var name in names.Take(_random.Next(1, 4)))
        {
            AppendFamily(body, name);
        }

        return body.ToString();
    }

    private void AppendFamily(StringBuilder body, string name)
    {
        var type = Pick(Types);
        body.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {type}\n");
        for (var metrics = _random.Next(1, 3); metrics > 0; metrics--)
        {
            var labels = Labels(type);
            if (type is "histogram" or "summary")
            {
                AppendDistribution(body, name, type, labels);
            }
            else
            {
                AppendLine(body, name, labels);
            }
        }
    }

    // Sum and count always: it is by them that equal metrics are told.
    private void AppendDistribution(StringBuilder body, string name, string type, List<string> labels)
    {
        for (var bounds = _random.Next(3); bounds > 0; bounds--)
        {
            var bound = type == "histogram" ? "le" : "quantile";
            AppendLine(body, type == "histogram" ? name + "_bucket" : name, [.. labels, $"{bound}=\"{Pick(["0.5", "1", "1.0"])}\""]);
        }

        AppendLine(body, name + "_sum", labels);
        AppendLine(body, name + "_count", labels);
    }

    private void AppendLine(StringBuilder body, string name, List<string> labels)
    {
        var shuffled = labels.ToArray();
        _random.Shuffle(shuffled);
        body.Append(CultureInfo.InvariantCulture, $"{name}{{{string.Join(',', shuffled)}}} {_random.Next(10)}\n");
    }

    private List<string> Labels(string type)
    {
        var labels = new List<string>();
        foreach (var name in (string[])["a", "b", "c", "job"])
        {
            if (_random.Next(2) == 0)
            {
                labels.Add($"{name}=\"{Pick(Values)}\"");
            }
        }

        // A summary's quantile is no label, and of two errors in one metric a Pushgateway reports only the first.
        if (type != "summary")
        {
            labels.AddRange(_random.Next(20) == 0 ? ["__x=\"1\""] : []);
            labels.AddRange(_random.Next(10) == 0 ? ["quantile=\"0.5\""] : []);
        }

        return labels;
    }

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];
}
