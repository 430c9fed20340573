using PushGateway.Model;

namespace PushGateway.Formats.OpenMetrics;

/// <summary>The metric types of OpenMetrics: their names, and the samples of each.</summary>
internal static class OpenMetricsType
{
    /// <summary>Number of roles.</summary>
    public const int Roles = (int)OpenMetricsRole.Created + 1;

    /// <summary>The suffix of a role, with its underscore; empty for the family's own name.</summary>
    public static ReadOnlySpan<byte> Suffix(OpenMetricsRole role) => role switch
    {
        OpenMetricsRole.Bucket => "_bucket"u8,
        OpenMetricsRole.Total => "_total"u8,
        OpenMetricsRole.Info => "_info"u8,
        OpenMetricsRole.Sum => "_sum"u8,
        OpenMetricsRole.Count => "_count"u8,
        OpenMetricsRole.GaugeSum => "_gsum"u8,
        OpenMetricsRole.GaugeCount => "_gcount"u8,
        OpenMetricsRole.Created => "_created"u8,
        _ => default,
    };

    /// <summary>The roles with a suffix that samples of the type may have. A family reserves the names of all of them.</summary>
    public static ReadOnlySpan<OpenMetricsRole> RolesOf(MetricType type) => type switch
    {
        MetricType.Counter => [OpenMetricsRole.Total, OpenMetricsRole.Created],
        MetricType.Histogram => [OpenMetricsRole.Bucket, OpenMetricsRole.Sum, OpenMetricsRole.Count, OpenMetricsRole.Created],
        MetricType.GaugeHistogram => [OpenMetricsRole.Bucket, OpenMetricsRole.GaugeSum, OpenMetricsRole.GaugeCount],
        MetricType.Summary => [OpenMetricsRole.Sum, OpenMetricsRole.Count, OpenMetricsRole.Created],
        MetricType.Info => [OpenMetricsRole.Info],
        _ => [],
    };

    /// <summary>Whether samples of the type may have the family's own name.</summary>
    public static bool HasOwn(MetricType type) =>
        type is MetricType.Gauge or MetricType.Unspecified or MetricType.StateSet or MetricType.Summary;

    /// <summary>
    /// Finds the role of a sample from the part of its name after the family's name. Returns false when the type has no such sample.
    /// </summary>
    public static bool TryGetRole(MetricType type, ReadOnlySpan<byte> suffix, out OpenMetricsRole role)
    {
        role = OpenMetricsRole.Own;
        if (suffix.IsEmpty)
        {
            return HasOwn(type);
        }

        foreach (var candidate in RolesOf(type))
        {
            if (suffix.SequenceEqual(Suffix(candidate)))
            {
                role = candidate;
                return true;
            }
        }

        return false;
    }

    /// <summary>The type's name in a TYPE line.</summary>
    public static ReadOnlySpan<byte> Word(MetricType type) => type switch
    {
        MetricType.Counter => "counter"u8,
        MetricType.Gauge => "gauge"u8,
        MetricType.Histogram => "histogram"u8,
        MetricType.GaugeHistogram => "gaugehistogram"u8,
        MetricType.Summary => "summary"u8,
        MetricType.Info => "info"u8,
        MetricType.StateSet => "stateset"u8,
        _ => "unknown"u8,
    };

    /// <summary>Reads a type's name in lower case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> word, out MetricType type)
    {
        for (type = MetricType.Unspecified; type <= MetricType.StateSet; type++)
        {
            if (word.SequenceEqual(Word(type)))
            {
                return true;
            }
        }

        type = MetricType.Unspecified;
        return false;
    }
}
