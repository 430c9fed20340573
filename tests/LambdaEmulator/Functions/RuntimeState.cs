namespace PushGateway.LambdaEmulator;

/// <summary>Where a runtime is in its loop, as its calls tell.</summary>
enum RuntimeState
{
    /// <summary>It has not called yet.</summary>
    Started,

    /// <summary>It has said that it cannot start.</summary>
    InitError,

    /// <summary>It has polled, and there is nothing for it.</summary>
    Ready,

    /// <summary>It has an event.</summary>
    Running,

    /// <summary>It is sending a response or an error.</summary>
    Responding,

    /// <summary>It has answered, and not polled again yet.</summary>
    ResponseSent,
}
