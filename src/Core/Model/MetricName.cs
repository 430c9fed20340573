using System.Buffers;

namespace PushGateway.Model;

/// <summary>Metric names as Prometheus' data model has them: <c>[a-zA-Z_:][a-zA-Z0-9_:]*</c>.</summary>
public static class MetricName
{
    private static readonly SearchValues<byte> Legal =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:"u8);

    /// <summary>Whether the name is legal.</summary>
    public static bool IsLegal(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && !char.IsAsciiDigit((char)name[0]) && !name.ContainsAnyExcept(Legal);

    /// <summary>
    /// Bytes at the end of a series' name that its family's name does not have: <c>_bucket</c>, <c>_sum</c>, <c>_count</c> of a
    /// histogram, <c>_sum</c>, <c>_count</c> of a summary unless the series is a quantile.
    /// </summary>
    public static int FamilySuffixLength(ReadOnlySpan<byte> series, MetricType type, bool hasQuantile)
    {
        var isHistogram = type is MetricType.Histogram or MetricType.GaugeHistogram;
        if (!isHistogram && (type != MetricType.Summary || hasQuantile))
        {
            return 0;
        }

        var suffix = series.EndsWith("_count"u8) ? "_count".Length
            : series.EndsWith("_sum"u8) ? "_sum".Length
            : isHistogram && series.EndsWith("_bucket"u8) ? "_bucket".Length
            : 0;
        return suffix < series.Length ? suffix : 0;
    }
}
