namespace PushGateway.Formats;

/// <summary>The formats a push can be in.</summary>
public enum PushFormat
{
    /// <summary>JSON record, array of records, or newline-delimited records.</summary>
    Json,

    /// <summary>Prometheus text format 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics 1.0 text.</summary>
    OpenMetrics,

    /// <summary>Remote write 2.0 protobuf, which the gateway's own queue messages hold.</summary>
    RemoteWrite2,

    /// <summary>Delimited protobuf messages <c>io.prometheus.client.MetricFamily</c>.</summary>
    Protobuf,
}
