namespace PushGateway.Push;

/// <summary>What a push is, beside its samples.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Group">The group it does that to; null for <see cref="PushOperation.Append"/>, and for a delete by <see cref="Selector"/>.</param>
/// <param name="PushTimeNs">When it was accepted, nanoseconds since the Unix epoch; the order of pushes to a group.</param>
/// <param name="TraceParent">W3C trace context of the push, or null.</param>
public sealed record PushHeader(PushOperation Operation, GroupingKey? Group, long PushTimeNs, string? TraceParent = null)
{
    [ThreadStatic]
    private static PushHeader? _append;

    /// <summary>
    /// How long after the last push its group is kept, more than zero and in whole milliseconds; null: until it is deleted. Of an
    /// <see cref="PushOperation.Expire"/>, the time to live that has passed.
    /// </summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The groups that a <see cref="PushOperation.Delete"/> without a group deletes.</summary>
    public GroupSelector? Selector { get; init; }

    internal static PushHeader None { get; } = new(PushOperation.Append, null, 0);

    /// <summary>The header of samples without a group. Those of one millisecond, which come by the thousand, share it.</summary>
    internal static PushHeader Append(long pushTimeNs) =>
        _append?.PushTimeNs == pushTimeNs ? _append : _append = new PushHeader(PushOperation.Append, Group: null, pushTimeNs);

    /// <summary>Whether the message holds the samples of a group.</summary>
    internal bool PushesToGroup => Operation is PushOperation.Merge or PushOperation.Replace;
}
