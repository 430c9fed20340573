namespace PushGateway.Simulation;

/// <summary>A sample as a target gets it.</summary>
/// <param name="Series">Name and labels as text.</param>
/// <param name="TimestampMs">Milliseconds since the Unix epoch.</param>
/// <param name="Bits">The bits of its value: a stale marker is one certain NaN.</param>
internal readonly record struct WireSample(string Series, long TimestampMs, long Bits)
{
    public double Value => BitConverter.Int64BitsToDouble(Bits);
}
