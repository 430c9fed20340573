using System.Text;
using System.Text.Json;
using Xunit;

namespace PushGateway.Testing;

/// <summary>
/// Reads lines of the embedded metric format as CloudWatch does, and checks them against the specification and its JSON schema:
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html. Where CloudWatch
/// has a lower limit for a metric, the lower one is checked:
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html.
/// </summary>
public static class EmbeddedMetricFormat
{
    const string Metadata = "_aws";
    const int MaxEventBytes = 1024 * 1024;
    const int MaxNamespace = 255;
    const int MaxMetrics = 100;
    const int MaxMetricName = 255;
    const int MaxValues = 100;
    const int MaxDimensions = 30;
    const int MaxDimensionName = 250;
    const int MaxDimensionValue = 1024;

    static readonly double MaxMagnitude = Math.Pow(2, 360);

    static readonly string[] Units =
    [
        "Seconds", "Microseconds", "Milliseconds",
        "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits",
        "Percent", "Count",
        "Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second",
        "Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second", "Count/Second", "None",
    ];

    /// <summary>Whether a line of a log has metrics.</summary>
    public static bool IsMetrics(string line) => line.StartsWith("{\"_aws\":", StringComparison.Ordinal);

    /// <summary>The metrics that CloudWatch makes of a line. Fails the test when the line does not have the format.</summary>
    public static IReadOnlyList<EmbeddedMetric> Read(string line)
    {
        Assert.InRange(Encoding.UTF8.GetByteCount(line), 1, MaxEventBytes);
        using var document = JsonDocument.Parse(line);
        var root = Members(document.RootElement);
        var metadata = Members(root[Metadata]);
        Assert.Equal(["CloudWatchMetrics", "Timestamp"], metadata.Keys.Order());
        Assert.True(metadata["Timestamp"].TryGetInt64(out _), "The timestamp is an integer.");
        return [.. metadata["CloudWatchMetrics"].EnumerateArray().SelectMany(directive => ReadDirective(Members(directive), root)).ToList()];
    }

    static IEnumerable<EmbeddedMetric> ReadDirective(Dictionary<string, JsonElement> directive, Dictionary<string, JsonElement> root)
    {
        Assert.Equal(["Dimensions", "Metrics", "Namespace"], directive.Keys.Order());
        var name = directive["Namespace"].GetString()!;
        Assert.InRange(name.Length, 1, MaxNamespace);
        Assert.InRange(directive["Dimensions"].GetArrayLength(), 1, int.MaxValue);
        Assert.InRange(directive["Metrics"].GetArrayLength(), 0, MaxMetrics);
        return from dimensions in directive["Dimensions"].EnumerateArray()
               from definition in directive["Metrics"].EnumerateArray()
               select ReadMetric(name, ReadDimensions(dimensions, root), Members(definition), root);
    }

    static string ReadDimensions(JsonElement set, Dictionary<string, JsonElement> root)
    {
        var names = set.EnumerateArray().Select(name => name.GetString()!).ToList();
        Assert.InRange(names.Count, 0, MaxDimensions);
        Assert.Equal(names.Distinct(), names);
        return string.Join(',', names.Select(name =>
        {
            var value = root[name].GetString()!;
            Assert.InRange(name.Length, 1, MaxDimensionName);
            Assert.InRange(value.Length, 1, MaxDimensionValue);
            return $"{name}={value}";
        }));
    }

    static EmbeddedMetric ReadMetric(
        string metricNamespace, string dimensions, Dictionary<string, JsonElement> definition, Dictionary<string, JsonElement> root)
    {
        Assert.Empty(definition.Keys.Except(["Name", "Unit", "StorageResolution"]));
        var name = definition["Name"].GetString()!;
        Assert.InRange(name.Length, 1, MaxMetricName);
        var unit = definition.TryGetValue("Unit", out var stated) ? stated.GetString()! : "None";
        Assert.Contains(unit, Units);
        return new EmbeddedMetric(metricNamespace, name, dimensions, unit, ReadValues(root[name]));
    }

    // A number or an array of numbers. Anything else fails.
    static List<double> ReadValues(JsonElement target)
    {
        List<double> values = target.ValueKind == JsonValueKind.Array
            ? [.. target.EnumerateArray().Select(value => value.GetDouble())]
            : [target.GetDouble()];
        Assert.InRange(values.Count, 1, MaxValues);
        Assert.All(values, value => Assert.InRange(value, -MaxMagnitude, MaxMagnitude));
        return values;
    }

    // Fails when a member occurs twice, because readers differ in which one they take.
    static Dictionary<string, JsonElement> Members(JsonElement element) =>
        element.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
}
