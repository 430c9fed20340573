namespace PushGateway.Aws.Lambda;

/// <summary>
/// Sends the telemetry that was recorded so far. Called after every invocation is answered, for the sandbox freezes as soon as the next
/// one is asked for, and may never thaw. Register as many as there are providers.
/// </summary>
/// <param name="timeout">How long it is waited for. What takes longer goes on while the next invocations are handled.</param>
public delegate void TelemetryFlush(TimeSpan timeout);
