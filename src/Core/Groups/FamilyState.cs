namespace PushGateway.Groups;

/// <summary>The last push of one family of a group.</summary>
/// <param name="PushTimeNs">Time of that push, nanoseconds since the Unix epoch.</param>
/// <param name="Header">A <see cref="FamilyHeader"/>, shared and never written to.</param>
/// <param name="Series">A <see cref="SeriesSet"/>, the group's own: overwritten by the next push of the same series.</param>
internal readonly record struct FamilyState(long PushTimeNs, byte[] Header, byte[] Series)
{
    /// <summary>Number of series in the set.</summary>
    public int SeriesCount { get; init; }
}
