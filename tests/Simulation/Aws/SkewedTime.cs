namespace PushGateway.Simulation.Aws;

/// <summary>A clock that leads another.</summary>
internal sealed class SkewedTime(TimeProvider time, TimeSpan lead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + lead;
}
