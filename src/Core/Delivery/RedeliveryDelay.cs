namespace PushGateway.Delivery;

/// <summary>
/// When a message that could not be delivered is received again. For an hour, which is as long as AMP takes a sample, all messages come back
/// after the same short time: what came last must not get ahead of what has waited longest. Older ones come back after a twentieth of
/// their age, so that a message is received fewer than the 1,000 times that a queue allows.
/// </summary>
public static class RedeliveryDelay
{
    private const int ShareOfAge = 20;

    private static readonly TimeSpan Young = TimeSpan.FromHours(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>How long a message of an age stays hidden from now on.</summary>
    public static TimeSpan Of(TimeSpan age) =>
        age <= Young ? Shortest : age / ShareOfAge < Longest ? age / ShareOfAge : Longest;
}
