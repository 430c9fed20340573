namespace PushGateway.Exposition;

/// <summary>The formats in which series are exposed for scraping.</summary>
public enum ExpositionFormat
{
    /// <summary>Prometheus text format 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics 1.0 text.</summary>
    OpenMetrics,

    /// <summary>Messages <c>io.prometheus.client.MetricFamily</c>, each after its length.</summary>
    Protobuf,
}
