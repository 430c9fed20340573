namespace PushGateway.Push;

/// <summary>Describes a push, without its samples.</summary>
/// <param name="Operation">What the push does.</param>
/// <param name="Group">
/// The group that it concerns; null for <see cref="PushOperation.Append"/>, and for a delete by <see cref="Selector"/>.
/// </param>
/// <param name="PushTimeNs">
/// The time of the push, nanoseconds since the Unix epoch. It orders the pushes to a group. An ordered queue gives it when it stores the push.
/// </param>
/// <param name="TraceParent">W3C trace context of the push, or null.</param>
public sealed record PushHeader(PushOperation Operation, GroupingKey? Group, long PushTimeNs, string? TraceParent = null)
{
    [ThreadStatic]
    private static PushHeader? _append;

    /// <summary>
    /// How long the group is kept after its last push: more than zero, in whole milliseconds. Null means until it is deleted. For
    /// <see cref="PushOperation.Expire"/>, the time to live that has passed.
    /// </summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>When Api accepted the push, nanoseconds since the Unix epoch. No other push of the process to the same group has the same.</summary>
    public long AcceptedNs { get; init; } = PushTimeNs;

    /// <summary>Which part of the push a message has; null when it has all of it.</summary>
    public PushPart? Part { get; init; }

    /// <summary>Selects the groups that a <see cref="PushOperation.Delete"/> without a group deletes.</summary>
    public GroupSelector? Selector { get; init; }

    internal static PushHeader None { get; } = new(PushOperation.Append, null, 0);

    /// <summary>The header of ungrouped samples. Thousands may arrive in one millisecond, so equal headers are shared.</summary>
    internal static PushHeader Append(long pushTimeNs) =>
        _append?.PushTimeNs == pushTimeNs ? _append : _append = new PushHeader(PushOperation.Append, Group: null, pushTimeNs);

    /// <summary>Whether the push brings the samples of a group.</summary>
    internal bool PushesToGroup => Operation is PushOperation.Merge or PushOperation.Replace;
}
