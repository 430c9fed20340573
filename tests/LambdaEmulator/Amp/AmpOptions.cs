namespace PushGateway.LambdaEmulator;

/// <summary>The configuration of a <see cref="ScriptedAmp"/>.</summary>
public sealed record AmpOptions
{
    /// <summary>The answers to valid requests.</summary>
    public AmpSchedule Schedule { get; init; } = AmpSchedule.Always(AmpAnswer.Accept);

    /// <summary>
    /// Returns why a sample cannot be accepted; null when it can. A request with such samples is answered 400 with the reason of the first
    /// one, and its other samples are accepted.
    /// </summary>
    public Func<AmpSample, string?> Fault { get; init; } = _ => null;

    /// <summary>
    /// Whether requests must be signed for <c>aps</c> with the credentials of <see cref="AwsAccount"/>. The emulated collector layer cannot
    /// sign.
    /// </summary>
    public bool RequiresSignature { get; init; } = true;

    /// <summary>
    /// A real Prometheus to which accepted samples are forwarded before the answer. When it refuses, its refusal is the answer. None when
    /// null.
    /// </summary>
    public Uri? Forward { get; init; }
}
