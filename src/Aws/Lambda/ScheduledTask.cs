namespace PushGateway.Aws.Lambda;

/// <summary>
/// A task that the worker function runs on a schedule (EventBridge, <c>"source": "aws.events"</c>). Any number may be registered; each
/// event runs all of them, one after the other. A task must tolerate being run twice, or not at all.
/// </summary>
/// <param name="cancellationToken">Fires a margin of time before the function's deadline.</param>
public delegate Task ScheduledTask(CancellationToken cancellationToken);
