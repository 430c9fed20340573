namespace PushGateway.LambdaEmulator;

/// <summary>How the collector layer forwards metrics.</summary>
public enum CollectorProtocol
{
    /// <summary>Remote write 1.0, as the <c>prometheusremotewrite</c> exporter does.</summary>
    RemoteWrite,

    /// <summary>OTLP, unchanged.</summary>
    Otlp,
}
