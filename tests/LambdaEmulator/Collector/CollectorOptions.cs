namespace PushGateway.LambdaEmulator;

/// <summary>Where the collector layer sends what it takes. It answers after the target has.</summary>
/// <param name="Target">A remote write endpoint, or the metrics path of an OTLP receiver.</param>
/// <param name="Protocol">What the target speaks.</param>
public sealed record CollectorOptions(Uri Target, CollectorProtocol Protocol = CollectorProtocol.RemoteWrite)
{
    /// <summary>How long the layer waits for its target.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(8);
}
