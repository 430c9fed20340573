namespace PushGateway.LambdaEmulator;

/// <summary>How a <see cref="ScriptedAmp"/> is set up.</summary>
public sealed record AmpOptions
{
    /// <summary>What requests that are in order get.</summary>
    public AmpSchedule Schedule { get; init; } = AmpSchedule.Always(AmpAnswer.Accept);

    /// <summary>
    /// Whether requests must be signed for <c>aps</c> with <see cref="AwsAccount"/>'s credentials. The emulated collector layer cannot.
    /// </summary>
    public bool RequiresSignature { get; init; } = true;

    /// <summary>A real Prometheus that gets what is accepted, before the answer; its refusal is then the answer. None when null.</summary>
    public Uri? Forward { get; init; }
}
