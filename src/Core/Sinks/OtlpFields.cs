namespace PushGateway.Sinks;

/// <summary>
/// Field numbers of OTLP (opentelemetry-proto <c>collector/metrics/v1</c>, <c>metrics/v1</c> and <c>common/v1</c>), as far as the gateway writes
/// them.
/// </summary>
internal static class OtlpFields
{
    public const int RequestResourceMetrics = 1;
    public const int ResourceMetricsResource = 1;
    public const int ResourceMetricsScopeMetrics = 2;
    public const int ScopeMetricsMetrics = 2;

    public const int MetricName = 1;
    public const int MetricGauge = 5;
    public const int MetricExponentialHistogram = 10;

    /// <summary>The points of a gauge or an exponential histogram.</summary>
    public const int DataPoints = 1;

    public const int AggregationTemporality = 2;

    public const int NumberTime = 3;
    public const int NumberAsDouble = 4;
    public const int NumberAsInt = 6;
    public const int NumberAttributes = 7;
    public const int NumberFlags = 8;

    public const int HistogramAttributes = 1;
    public const int HistogramTime = 3;
    public const int HistogramCount = 4;
    public const int HistogramSum = 5;
    public const int HistogramScale = 6;
    public const int HistogramZeroCount = 7;
    public const int HistogramPositive = 8;
    public const int HistogramNegative = 9;
    public const int HistogramZeroThreshold = 14;

    public const int BucketsOffset = 1;
    public const int BucketsCounts = 2;

    public const int AttributeKey = 1;
    public const int AttributeValue = 2;
    public const int StringValue = 1;
}
