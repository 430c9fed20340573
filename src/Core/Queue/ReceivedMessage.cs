namespace PushGateway.Queue;

/// <summary>A message handed out by a queue.</summary>
/// <param name="Id">Identifies the message within its queue, for logs and batch responses.</param>
/// <param name="Message">The message.</param>
/// <param name="SentMs">When the queue took it, milliseconds since the Unix epoch: the time of receipt of what is in it.</param>
/// <param name="Receipt">The queue's own handle; no one else looks into it.</param>
public sealed record ReceivedMessage(string Id, QueueMessage Message, long SentMs, object? Receipt = null);
