namespace PushGateway.Aws.Lambda;

/// <summary>
/// Makes what sends telemetry. Called once, when the first event is there and before it is handled: the start of the function does not wait for
/// it, and nothing that the event has measured is missed. Register as many as there are.
/// </summary>
public delegate void TelemetryStart();
