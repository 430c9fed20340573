using PushGateway.Push;

namespace PushGateway.Api.Push;

/// <summary>The request header in which a push says how long its group is kept after it: <c>X-Push-TTL: 15m</c>.</summary>
internal static class TimeToLiveHeader
{
    public const string Name = "X-Push-TTL";

    /// <summary>Reads it; null, or why the push is refused.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fallback">What is taken when there is no such header.</param>
    /// <param name="timeToLive">The time to live; null when the group is to stay.</param>
    public static PushError? Read(HttpRequest request, TimeSpan? fallback, out TimeSpan? timeToLive)
    {
        timeToLive = fallback;
        if (!request.Headers.TryGetValue(Name, out var values))
        {
            return null;
        }

        var text = values.ToString();
        if (!TimeToLive.TryParse(text, out var read))
        {
            return TimeToLive.Invalid(text);
        }

        timeToLive = read;
        return null;
    }
}
