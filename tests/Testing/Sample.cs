namespace PushGateway.Testing;

/// <summary>One stored sample.</summary>
/// <param name="TimestampMs">Milliseconds since the Unix epoch.</param>
/// <param name="Value">The value as the server writes it: "NaN", "+Inf", "-Inf" or the shortest decimal form.</param>
public readonly record struct Sample(long TimestampMs, string Value)
{
    public override string ToString() => $"{Value} @ {TimestampMs}";
}
