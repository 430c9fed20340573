namespace PushGateway.Aws.Lambda;

/// <summary>One event that Lambda wants answered.</summary>
/// <param name="RequestId">Identifies the invocation, here and in Lambda's logs.</param>
/// <param name="Event">The event, JSON; valid until the invocation is answered.</param>
/// <param name="Deadline">When Lambda kills the process unless it has answered.</param>
/// <param name="TraceId">The X-Ray trace header, where there is one.</param>
internal sealed record Invocation(string RequestId, ReadOnlyMemory<byte> Event, DateTimeOffset Deadline, string? TraceId);
