namespace PushGateway.LambdaEmulator;

/// <summary>How the collector layer passes on what it takes.</summary>
public enum CollectorProtocol
{
    /// <summary>As the <c>prometheusremotewrite</c> exporter does: remote write 1.0.</summary>
    RemoteWrite,

    /// <summary>As it came.</summary>
    Otlp,
}
