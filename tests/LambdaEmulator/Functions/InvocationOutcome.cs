namespace PushGateway.LambdaEmulator;

/// <summary>How an invocation ended.</summary>
public enum InvocationOutcome
{
    /// <summary>The function responded.</summary>
    Succeeded,

    /// <summary>The function reported an error, crashed, timed out, or gave an answer that is too large.</summary>
    FunctionError,

    /// <summary>The reserved concurrency is used up. The function was not invoked.</summary>
    Throttled,

    /// <summary>The event is larger than <see cref="PayloadLimits.Request"/>. The function was not invoked.</summary>
    RequestTooLarge,
}
