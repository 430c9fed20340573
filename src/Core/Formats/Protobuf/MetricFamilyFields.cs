namespace PushGateway.Formats.Protobuf;

/// <summary>
/// Field numbers of <c>io.prometheus.client</c> (Prometheus client model, <c>io/prometheus/client/metrics.proto</c>), as far as the gateway
/// uses them.
/// </summary>
internal static class MetricFamilyFields
{
    public const int FamilyName = 1;
    public const int FamilyHelp = 2;
    public const int FamilyType = 3;
    public const int FamilyMetric = 4;
    public const int FamilyUnit = 5;

    public const int MetricLabel = 1;
    public const int MetricGauge = 2;
    public const int MetricCounter = 3;
    public const int MetricSummary = 4;
    public const int MetricUntyped = 5;
    public const int MetricTimestamp = 6;
    public const int MetricHistogram = 7;

    public const int LabelName = 1;
    public const int LabelValue = 2;

    /// <summary>The value of a gauge, counter or untyped metric.</summary>
    public const int SimpleValue = 1;

    /// <summary>The count of a summary or histogram.</summary>
    public const int SampleCount = 1;

    /// <summary>The sum of a summary or histogram.</summary>
    public const int SampleSum = 2;

    /// <summary>The quantiles of a summary, the buckets of a histogram.</summary>
    public const int Bounds = 3;

    public const int HistogramCountFloat = 4;
    public const int HistogramSchema = 5;
    public const int HistogramZeroThreshold = 6;
    public const int HistogramZeroCount = 7;
    public const int HistogramZeroCountFloat = 8;
    public const int HistogramNegativeSpan = 9;
    public const int HistogramNegativeDelta = 10;
    public const int HistogramNegativeCount = 11;
    public const int HistogramPositiveSpan = 12;
    public const int HistogramPositiveDelta = 13;
    public const int HistogramPositiveCount = 14;

    public const int Quantile = 1;
    public const int QuantileValue = 2;

    public const int BucketCount = 1;
    public const int BucketUpperBound = 2;
    public const int BucketCountFloat = 4;
}
