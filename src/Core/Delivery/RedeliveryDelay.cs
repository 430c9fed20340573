using PushGateway.Queue;

namespace PushGateway.Delivery;

/// <summary>
/// When a message that could not be delivered is tried again: after a twentieth of its age. So a target that was away gets what waited soon
/// after it is back, and a message is received some 500 times in the 14 days that SQS keeps it at most, which allows 1,000 receives.
/// </summary>
public static class RedeliveryDelay
{
    private const int ShareOfAge = 20;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>How long a message stays hidden from now on.</summary>
    public static TimeSpan Of(ReceivedMessage message, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(message);
        var share = (now - DateTimeOffset.FromUnixTimeMilliseconds(message.SentMs)) / ShareOfAge;
        return share < Shortest ? Shortest : share > Longest ? Longest : share;
    }
}
