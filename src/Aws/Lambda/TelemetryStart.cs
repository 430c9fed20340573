namespace PushGateway.Aws.Lambda;

/// <summary>
/// Creates a sender of telemetry. It is called once, after the first event has arrived and before the event is handled. So the start of the
/// function does not wait for it, and no measurement of the event is missed. Each sender registers one.
/// </summary>
public delegate void TelemetryStart();
