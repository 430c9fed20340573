using PushGateway.Configuration;

namespace PushGateway.Push;

/// <summary>Reads how long a group is kept after its last push, as senders write it: a duration such as <c>15m</c>.</summary>
public static class TimeToLive
{
    /// <summary>The longest time to live, ten years. A group that must stay longer needs none.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>Reads a time to live; false when it is not a duration, is zero, or is longer than <see cref="Longest"/>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeToLive) =>
        Duration.TryParse(text, out timeToLive) && timeToLive > TimeSpan.Zero && timeToLive <= Longest;

    /// <summary>The error for a text that is not a time to live.</summary>
    public static PushError Invalid(string text) =>
        new(RejectCode.TimeToLiveInvalid, $"time to live \"{Excerpt.Of(text)}\" is not a duration such as 15m, more than zero and at most 3650d");
}
