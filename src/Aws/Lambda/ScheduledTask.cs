namespace PushGateway.Aws.Lambda;

/// <summary>
/// Something that a schedule (EventBridge, <c>"source": "aws.events"</c>) has the worker function do. Register as many as there are; each event
/// runs all of them, one after the other. It has to bear being run twice, or not at all.
/// </summary>
/// <param name="cancellationToken">Fires a margin before the function's time is up.</param>
public delegate Task ScheduledTask(CancellationToken cancellationToken);
