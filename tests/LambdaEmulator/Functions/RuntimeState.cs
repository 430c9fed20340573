namespace PushGateway.LambdaEmulator;

/// <summary>The state of a runtime, as its calls show it.</summary>
enum RuntimeState
{
    /// <summary>It has not called yet.</summary>
    Started,

    /// <summary>It has reported that it cannot start.</summary>
    InitError,

    /// <summary>It has polled and waits for an event.</summary>
    Ready,

    /// <summary>It has an event.</summary>
    Running,

    /// <summary>It is sending a response or an error.</summary>
    Responding,

    /// <summary>It has answered and not polled again yet.</summary>
    ResponseSent,
}
