using PushGateway.Model;

namespace PushGateway.Formats.Prometheus;

/// <summary>Distinguishes the series of histograms and summaries by suffixes and labels.</summary>
internal static class SeriesRoles
{
    /// <summary>Whether the type has buckets.</summary>
    public static bool IsHistogram(MetricType type) => type is MetricType.Histogram or MetricType.GaugeHistogram;

    /// <summary>The label that distinguishes buckets or quantiles; empty for other types.</summary>
    public static ReadOnlySpan<byte> BoundName(MetricType type) =>
        IsHistogram(type) ? "le"u8 : type == MetricType.Summary ? "quantile"u8 : default;

    /// <summary>The role that the suffix of a name gives it in the family that is named without the suffix.</summary>
    public static SeriesRole OfSuffix(ReadOnlySpan<byte> name, out int suffixLength)
    {
        (var role, suffixLength) = name switch
        {
            [_, .., (byte)'_', (byte)'s', (byte)'u', (byte)'m'] => (SeriesRole.Sum, 4),
            [_, .., (byte)'_', (byte)'c', (byte)'o', (byte)'u', (byte)'n', (byte)'t'] => (SeriesRole.Count, 6),
            [_, .., (byte)'_', (byte)'b', (byte)'u', (byte)'c', (byte)'k', (byte)'e', (byte)'t'] => (SeriesRole.Bucket, 7),
            _ => (SeriesRole.Own, 0),
        };
        return role;
    }

    /// <summary>Whether a family of the type has series in the role.</summary>
    public static bool Has(MetricType type, SeriesRole role) =>
        IsHistogram(type) || (type == MetricType.Summary && role != SeriesRole.Bucket);

    /// <summary>
    /// The length of the suffix that a series' name adds to its family's name. A quantile of a summary has none.
    /// </summary>
    public static int SuffixLength(ReadOnlySpan<byte> series, MetricType type, bool hasQuantile) =>
        Has(type, OfSuffix(series, out var length)) && !(hasQuantile && type == MetricType.Summary) ? length : 0;
}
