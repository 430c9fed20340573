namespace PushGateway.Infra;

/// <summary>How Worker writes to the workspace.</summary>
public enum GatewaySink
{
    /// <summary>By OTLP to the ADOT collector layer in Worker, which writes to the workspace.</summary>
    Adot,

    /// <summary>By Prometheus remote write, without a layer.</summary>
    RemoteWrite,
}
