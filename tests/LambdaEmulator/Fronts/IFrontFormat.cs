namespace PushGateway.LambdaEmulator;

/// <summary>What one kind of front makes of requests and of a function's answers.</summary>
interface IFrontFormat
{
    /// <summary>How long the front waits for the function.</summary>
    TimeSpan Timeout { get; }

    /// <summary>The most that a request's body may have, in bytes.</summary>
    int MaxRequestBytes { get; }

    /// <summary>The answer to a request that leads to no function; null when it leads to one.</summary>
    FrontResponse? Refuse(FrontRequest request);

    /// <summary>The event.</summary>
    byte[] CreateEvent(FrontRequest request);

    /// <summary>The response that a function's answer stands for; null when it is none.</summary>
    FrontResponse? ReadResponse(FrontRequest request, ReadOnlyMemory<byte> payload);

    /// <summary>The answer where there is no response of the function.</summary>
    FrontResponse Fail(FrontFailure failure);
}
