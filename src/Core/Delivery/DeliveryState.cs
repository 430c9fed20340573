namespace PushGateway.Delivery;

/// <summary>How delivery is doing.</summary>
/// <param name="Target">The target; null without one.</param>
public sealed record DeliveryState(TargetState? Target)
{
    /// <summary>Messages that wait in the queue, the quarantined ones among them. Null when this process does not know.</summary>
    public long? Messages { get; init; }

    /// <summary>How long the oldest of them has waited; null when there is none.</summary>
    public TimeSpan? OldestAge { get; init; }

    /// <summary>
    /// Messages that are sent beside the others, because a request with them was refused or failed. Null when this process does not know.
    /// </summary>
    public int? Quarantined { get; init; }
}
