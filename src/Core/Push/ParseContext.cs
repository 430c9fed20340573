using PushGateway.Model;

namespace PushGateway.Push;

/// <summary>The input of a parser beside the bytes.</summary>
/// <param name="Limits">The limits to check.</param>
/// <param name="ReceivedMs">Time of receipt in milliseconds since the Unix epoch.</param>
public readonly record struct ParseContext(PushLimits Limits, long ReceivedMs)
{
    /// <summary>
    /// The timestamp of samples that come without one. <see cref="Sample.NoTimestamp"/> leaves it open: the push has no time yet, and its
    /// message says so.
    /// </summary>
    public long DefaultTimestampMs { get; init; } = ReceivedMs;
}
