using PushGateway.Configuration;

namespace PushGateway.Push;

/// <summary>How long a group is kept after its last push, as senders write it: a duration such as <c>15m</c>.</summary>
public static class TimeToLive
{
    /// <summary>The longest, ten years: a group that is to stay longer needs none.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>Reads it; false when it is not a duration, is zero or longer than <see cref="Longest"/>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeToLive) =>
        Duration.TryParse(text, out timeToLive) && timeToLive > TimeSpan.Zero && timeToLive <= Longest;

    /// <summary>The refusal of a text that is none.</summary>
    public static PushError Invalid(string text) =>
        new(RejectCode.TimeToLiveInvalid, $"time to live \"{Excerpt.Of(text)}\" is not a duration such as 15m, more than zero and at most 3650d");
}
