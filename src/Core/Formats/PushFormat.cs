namespace PushGateway.Formats;

/// <summary>The formats of a push.</summary>
public enum PushFormat
{
    /// <summary>A JSON record, an array of records, or newline-delimited records.</summary>
    Json,

    /// <summary>Prometheus text format 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics 1.0 text.</summary>
    OpenMetrics,

    /// <summary>Remote write 2.0 protobuf. The gateway's own queue messages have this format.</summary>
    RemoteWrite2,

    /// <summary>Delimited protobuf messages <c>io.prometheus.client.MetricFamily</c>.</summary>
    Protobuf,
}
