namespace PushGateway.LambdaEmulator;

/// <summary>How an invocation ended.</summary>
public enum InvocationOutcome
{
    /// <summary>The function responded.</summary>
    Succeeded,

    /// <summary>The function reported an error, crashed, timed out, or answered too much.</summary>
    FunctionError,

    /// <summary>The reserved concurrency is in use; the function was not invoked.</summary>
    Throttled,

    /// <summary>The event is over <see cref="PayloadLimits.Request"/>; the function was not invoked.</summary>
    RequestTooLarge,
}
