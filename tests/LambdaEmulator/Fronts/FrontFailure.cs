namespace PushGateway.LambdaEmulator;

/// <summary>Why a front has no response of the function.</summary>
enum FrontFailure
{
    /// <summary>The function failed, or its response is not of the front's format.</summary>
    FunctionError,

    /// <summary>The function took longer than the front waits.</summary>
    TimedOut,

    /// <summary>The function's concurrency is in use.</summary>
    Throttled,

    /// <summary>The request, or the event made of it, is too large.</summary>
    RequestTooLarge,
}
