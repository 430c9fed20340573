namespace PushGateway.Delivery;

/// <summary>How the target of delivery is doing.</summary>
/// <param name="IsUp">Whether it takes requests, or refuses them for a reason in the samples.</param>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why it is down: the text of the last failure, with the status of its answer. Null when it is up.</param>
public sealed record TargetState(bool IsUp, DateTimeOffset Since, string? Reason);
