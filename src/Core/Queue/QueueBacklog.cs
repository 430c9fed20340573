namespace PushGateway.Queue;

/// <summary>What waits in a queue.</summary>
/// <param name="Messages">Messages that are neither completed nor dead letters.</param>
/// <param name="OldestSentMs">When the queue took the oldest of them, milliseconds since the Unix epoch; null when there is none.</param>
public readonly record struct QueueBacklog(long Messages, long? OldestSentMs);
