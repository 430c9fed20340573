namespace PushGateway.Simulation;

/// <summary>How a target fails.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Status">The HTTP status that it answers.</param>
/// <param name="RetryAfter">The wait that it asks for.</param>
internal sealed record Failure(FailureKind Kind, int Status = 0, TimeSpan? RetryAfter = null);
