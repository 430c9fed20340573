namespace PushGateway.Model;

/// <summary>What a series' name tells of its family's.</summary>
public static class FamilyName
{
    /// <summary>
    /// Bytes at the end of a series' name that its family's name does not have: <c>_bucket</c>, <c>_sum</c>, <c>_count</c> of a
    /// histogram, <c>_sum</c>, <c>_count</c> of a summary unless the series is a quantile.
    /// </summary>
    public static int SuffixLength(ReadOnlySpan<byte> series, MetricType type, bool hasQuantile)
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
