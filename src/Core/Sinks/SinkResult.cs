namespace PushGateway.Sinks;

/// <summary>A sink's answer.</summary>
/// <param name="Status">What became of the request.</param>
/// <param name="Reason">Status code and a short excerpt of the target's answer; empty when delivered.</param>
/// <param name="RetryAfter">The wait that the target asked for.</param>
public readonly record struct SinkResult(SinkStatus Status, string Reason = "", TimeSpan? RetryAfter = null)
{
    /// <summary>The target has stored every sample.</summary>
    public static SinkResult Delivered => new(SinkStatus.Delivered);

    /// <summary>The target refused for good.</summary>
    public static SinkResult Rejected(string reason) => new(SinkStatus.Rejected, reason);

    /// <summary>Try again.</summary>
    public static SinkResult Retry(string reason, TimeSpan? after = null) => new(SinkStatus.Retry, reason, after);
}
