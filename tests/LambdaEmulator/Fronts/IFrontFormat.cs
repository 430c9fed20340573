namespace PushGateway.LambdaEmulator;

/// <summary>How one kind of front converts requests to events and a function's answers to responses.</summary>
interface IFrontFormat
{
    /// <summary>How long the front waits for the function.</summary>
    TimeSpan Timeout { get; }

    /// <summary>Largest body of a request in bytes.</summary>
    int MaxRequestBytes { get; }

    /// <summary>The front's own answer to a request that it does not route to the function; null when it does.</summary>
    FrontResponse? Refuse(FrontRequest request);

    /// <summary>Makes the event of a request.</summary>
    byte[] CreateEvent(FrontRequest request);

    /// <summary>Makes the response of a function's answer; null when the answer is not valid.</summary>
    FrontResponse? ReadResponse(FrontRequest request, ReadOnlyMemory<byte> payload);

    /// <summary>The front's own answer when the function has no response.</summary>
    FrontResponse Fail(FrontFailure failure);
}
