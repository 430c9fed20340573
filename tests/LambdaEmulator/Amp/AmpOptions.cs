namespace PushGateway.LambdaEmulator;

/// <summary>How a <see cref="ScriptedAmp"/> is set up.</summary>
public sealed record AmpOptions
{
    /// <summary>What requests that are in order get.</summary>
    public AmpSchedule Schedule { get; init; } = AmpSchedule.Always(AmpAnswer.Accept);

    /// <summary>
    /// Why a sample cannot be taken, null when it can. A request with such samples is answered 400 with the first one's reason, after the
    /// others have been taken.
    /// </summary>
    public Func<AmpSample, string?> Fault { get; init; } = _ => null;

    /// <summary>
    /// Whether requests must be signed for <c>aps</c> with <see cref="AwsAccount"/>'s credentials. The emulated collector layer cannot.
    /// </summary>
    public bool RequiresSignature { get; init; } = true;

    /// <summary>A real Prometheus that gets what is accepted, before the answer; its refusal is then the answer. None when null.</summary>
    public Uri? Forward { get; init; }
}
