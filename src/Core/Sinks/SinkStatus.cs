namespace PushGateway.Sinks;

/// <summary>What became of a request.</summary>
public enum SinkStatus
{
    /// <summary>The target has stored every sample.</summary>
    Delivered,

    /// <summary>The target refused for good; sending the same again would fail again.</summary>
    Rejected,

    /// <summary>Try again: throttled, failed, timed out, unreachable.</summary>
    Retry,
}
