namespace PushGateway.Delivery;

/// <summary>A sample that the target refused in a request that held nothing else.</summary>
/// <param name="Name">Its series and time, for the reader of a dead letter.</param>
/// <param name="Reason">What the target said.</param>
internal readonly record struct RefusedSample(string Name, string Reason);
