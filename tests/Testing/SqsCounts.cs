namespace PushGateway.Testing;

/// <summary>How many messages a queue holds. Exact in the emulators, approximate in AWS.</summary>
/// <param name="Visible">Ready to be received.</param>
/// <param name="InFlight">Received, not deleted, hidden for now.</param>
/// <param name="Delayed">Not yet ready for the first time.</param>
public readonly record struct SqsCounts(int Visible, int InFlight, int Delayed)
{
    /// <summary>Every message that is not deleted.</summary>
    public int Total => Visible + InFlight + Delayed;
}
