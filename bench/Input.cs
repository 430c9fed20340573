namespace PushGateway.Bench;

/// <summary>The input of one benchmark operation. Its name is a column of the table.</summary>
/// <param name="name">The name.</param>
/// <param name="samples">Samples in it.</param>
/// <param name="bodies">Its bytes: one page, the bodies of many messages, or events.</param>
public sealed class Input(string name, int samples, params byte[][] bodies)
{
    /// <summary>Samples in all bodies.</summary>
    public int Samples { get; } = samples;

    public IReadOnlyList<byte[]> Bodies { get; } = bodies;

    /// <summary>Bytes of all bodies.</summary>
    public long Bytes { get; } = bodies.Sum(body => (long)body.Length);

    public override string ToString() => name;
}
