using PushGateway.Groups;

namespace PushGateway.Queue;

/// <summary>What a push is, beside its samples.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Group">The group it does that to; null for <see cref="PushOperation.Append"/> only.</param>
/// <param name="PushTimeNs">When it was accepted, nanoseconds since the Unix epoch; the order of pushes to a group.</param>
/// <param name="TraceParent">W3C trace context of the push, or null.</param>
public sealed record PushHeader(PushOperation Operation, GroupingKey? Group, long PushTimeNs, string? TraceParent = null)
{
    internal static PushHeader None { get; } = new(PushOperation.Append, null, 0);
}
