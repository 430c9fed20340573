using PushGateway.Core.Tests.Formats.Text;
using PushGateway.Model;

namespace PushGateway.Core.Tests.Formats;

/// <summary>
/// What client_golang's registry says of a push, from what <see cref="ReferenceTextParser"/> reads: metrics instead of series, strings
/// instead of symbols, every pair compared. Metrics are left out of the sentences.
/// </summary>
internal static class ReferenceConsistency
{
    private static readonly string[] Suffixes = ["_count", "_sum", "_bucket"];

    /// <summary>Every error; none when the push is consistent.</summary>
    public static IReadOnlySet<string> ErrorsOf(ReferenceOutcome push, IReadOnlyDictionary<string, string> group)
    {
        var types = push.Families.Select(family => family.Split(' ')).ToDictionary(parts => parts[0], parts => Enum.Parse<MetricType>(parts[1]));
        var names = push.Series.Select(series => series.Family).ToHashSet();
        var metrics = push.Series.SelectMany((series, i) => MetricsOf(series, i, types[series.Family], group)).Distinct().ToList();
        return names.SelectMany(name => CollisionsOf(name, names, types))
            .Concat(metrics.SelectMany(metric => LabelErrorsOf(metric, types[metric.Family])))
            .Concat(DuplicatesAmong(metrics))
            .ToHashSet();
    }

    private static IEnumerable<string> CollisionsOf(string name, HashSet<string> names, Dictionary<string, MetricType> types) =>
        from suffix in Suffixes
        where name.EndsWith(suffix, StringComparison.Ordinal)
        let stem = name[..^suffix.Length]
        where names.Contains(stem)
        let kind = types[stem] is MetricType.Summary ? "summary" : IsHistogram(types[stem]) ? "histogram" : ""
        where kind == "histogram" || (kind == "summary" && suffix != "_bucket")
        select $"collected metric named \"{name}\" collides with previously collected {kind} named \"{stem}\"";

    // A metric is told from others by its labels as they were pushed; only lines of a histogram or summary can share them.
    private static IEnumerable<(string Family, int Line, string Pushed, string Labels)> MetricsOf(
        ReferenceSeries series, int index, MetricType type, IReadOnlyDictionary<string, string> group)
    {
        var bound = IsHistogram(type) ? "le=" : type == MetricType.Summary ? "quantile=" : null;
        var pushed = series.Labels.Split('|', StringSplitOptions.RemoveEmptyEntries)
            .Where(label => bound is null || !label.StartsWith(bound, StringComparison.Ordinal))
            .ToList();
        var labels = pushed.Where(label => !group.ContainsKey(label.Split('=')[0]))
            .Concat(group.Select(label => $"{label.Key}={label.Value}"))
            .Order(StringComparer.Ordinal);
        yield return (series.Family, bound is null ? index : -1, string.Join('|', pushed), string.Join('|', labels));
    }

    private static IEnumerable<string> LabelErrorsOf((string Family, int Line, string Pushed, string Labels) metric, MetricType type)
    {
        foreach (var name in metric.Labels.Split('|').Select(label => label.Split('=')[0]))
        {
            if (name.StartsWith("__", StringComparison.Ordinal))
            {
                yield return $"collected metric \"{metric.Family}\" {{}} has a label with an invalid name: {name}";
            }

            if ((type == MetricType.Summary && name == "quantile") || (IsHistogram(type) && name == "le"))
            {
                yield return $"collected metric \"{metric.Family}\" {{}} must not have an explicit \"{name}\" label";
            }
        }
    }

    private static IEnumerable<string> DuplicatesAmong(List<(string Family, int Line, string Pushed, string Labels)> metrics) =>
        from metric in metrics
        where metrics.Count(other => (other.Family, other.Labels) == (metric.Family, metric.Labels)) > 1
        select $"collected metric \"{metric.Family}\" {{}} was collected before with the same name and label values";

    private static bool IsHistogram(MetricType type) => type is MetricType.Histogram or MetricType.GaugeHistogram;
}
