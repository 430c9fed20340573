namespace PushGateway.Model;

/// <summary>Derives the name of a family from the name of one of its series.</summary>
public static class FamilyName
{
    /// <summary>
    /// The length in bytes of the suffix that a series' name adds to its family's name: <c>_bucket</c>, <c>_sum</c> or <c>_count</c> of a
    /// histogram, <c>_sum</c> or <c>_count</c> of a summary. A quantile of a summary has no suffix.
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
