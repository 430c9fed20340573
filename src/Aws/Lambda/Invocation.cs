namespace PushGateway.Aws.Lambda;

/// <summary>One event that Lambda has handed to the function.</summary>
/// <param name="RequestId">Identifies the invocation, here and in Lambda's logs.</param>
/// <param name="Event">The event, JSON; valid until the invocation is answered.</param>
/// <param name="Deadline">When Lambda kills the process if it has not answered.</param>
/// <param name="TraceId">The X-Ray trace header, or null.</param>
internal sealed record Invocation(string RequestId, ReadOnlyMemory<byte> Event, DateTimeOffset Deadline, string? TraceId);
