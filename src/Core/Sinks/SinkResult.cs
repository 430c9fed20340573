namespace PushGateway.Sinks;

/// <summary>A sink's answer.</summary>
/// <param name="Status">What became of the request.</param>
/// <param name="Reason">Status code and a short excerpt of the target's answer; empty when delivered.</param>
/// <param name="RetryAfter">The wait that the target asked for.</param>
public readonly record struct SinkResult(SinkStatus Status, string Reason = "", TimeSpan? RetryAfter = null)
{
    /// <summary>
    /// Whether a refusal says that the target has a newer sample of the series already. For a sample that was sent before, that means that
    /// the target has it, or has newer ones of the series.
    /// </summary>
    public bool IsOutOfOrder { get; init; }

    /// <summary>Whether a refusal says that the target has another value of the series with the same timestamp.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>
    /// Whether the target had the request before it failed. It may have stored samples, and a sample may be what it failed on. False when
    /// the target was not reached, or said that it takes nothing now.
    /// </summary>
    public bool ReachedTarget { get; init; }

    /// <summary>The target has stored every sample.</summary>
    public static SinkResult Delivered => new(SinkStatus.Delivered);

    /// <summary>The target refused for good.</summary>
    public static SinkResult Rejected(string reason, bool isOutOfOrder = false, bool isDuplicate = false) =>
        new(SinkStatus.Rejected, reason) { IsOutOfOrder = isOutOfOrder, IsDuplicate = isDuplicate };

    /// <summary>Try again.</summary>
    public static SinkResult Retry(string reason, TimeSpan? after = null, bool reachedTarget = false) =>
        new(SinkStatus.Retry, reason, after) { ReachedTarget = reachedTarget };
}
