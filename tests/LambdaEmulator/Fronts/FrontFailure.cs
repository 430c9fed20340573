namespace PushGateway.LambdaEmulator;

/// <summary>Why a front has no response from the function.</summary>
enum FrontFailure
{
    /// <summary>The function failed, or its response does not have the front's format.</summary>
    FunctionError,

    /// <summary>The function did not respond within the front's timeout.</summary>
    TimedOut,

    /// <summary>The function's concurrency is used up.</summary>
    Throttled,

    /// <summary>The request, or the event made from it, is too large.</summary>
    RequestTooLarge,
}
