namespace PushGateway.LambdaEmulator;

/// <summary>How Worker delivers.</summary>
public enum WorkerTarget
{
    /// <summary>OTLP to the collector layer, which writes to AMP before it answers.</summary>
    Collector,

    /// <summary>
    /// OTLP to the collector layer, which forwards it to a real vmagent. vmagent answers before Prometheus has the samples.
    /// </summary>
    Agent,

    /// <summary>Signed remote write to AMP, without the layer.</summary>
    RemoteWrite,
}
