namespace PushGateway.Aws.Lambda;

/// <summary>
/// Sends the telemetry that was recorded so far. It is called after the answer to each invocation: the sandbox freezes as soon as the next
/// event is asked for, and may never thaw. Each provider of telemetry registers one.
/// </summary>
/// <param name="timeout">How long the loop waits for it. A longer call goes on during the next invocations.</param>
public delegate void TelemetryFlush(TimeSpan timeout);
