namespace PushGateway.Model;

/// <summary>Metric types, numbered as in remote write 2.0's <c>Metadata.MetricType</c>.</summary>
public enum MetricType : byte
{
    /// <summary>The type is not known (Prometheus "untyped" or "unknown").</summary>
    Unspecified = 0,

    /// <summary>A monotonic counter.</summary>
    Counter = 1,

    /// <summary>A gauge.</summary>
    Gauge = 2,

    /// <summary>A histogram. Its classic buckets are series named <c>_bucket</c>, <c>_sum</c> and <c>_count</c>.</summary>
    Histogram = 3,

    /// <summary>A gauge histogram.</summary>
    GaugeHistogram = 4,

    /// <summary>A summary. Its quantiles are series with the family's own name, beside <c>_sum</c> and <c>_count</c>.</summary>
    Summary = 5,

    /// <summary>OpenMetrics info.</summary>
    Info = 6,

    /// <summary>OpenMetrics state set.</summary>
    StateSet = 7,
}
