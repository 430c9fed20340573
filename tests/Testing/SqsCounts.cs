namespace PushGateway.Testing;

/// <summary>The number of messages in a queue. It is exact in the emulators and approximate in AWS.</summary>
/// <param name="Visible">Messages that can be received.</param>
/// <param name="InFlight">Messages that were received and not deleted, and are hidden now.</param>
/// <param name="Delayed">Messages that cannot be received yet for the first time.</param>
public readonly record struct SqsCounts(int Visible, int InFlight, int Delayed)
{
    /// <summary>All messages that are not deleted.</summary>
    public int Total => Visible + InFlight + Delayed;
}
