namespace PushGateway.LambdaEmulator;

/// <summary>The target of the collector layer. The layer answers after the target has answered.</summary>
/// <param name="Target">A remote write endpoint, or the metrics path of an OTLP receiver.</param>
/// <param name="Protocol">The protocol of the target.</param>
public sealed record CollectorOptions(Uri Target, CollectorProtocol Protocol = CollectorProtocol.RemoteWrite)
{
    /// <summary>How long the layer waits for its target.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(8);
}
