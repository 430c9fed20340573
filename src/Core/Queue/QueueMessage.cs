namespace PushGateway.Queue;

/// <summary>A message as the queue carries it.</summary>
/// <param name="Body">The body's bytes; UTF-8 of SQS-safe text on a queue that carries text only.</param>
/// <param name="Attributes">
/// String attributes by the names in <see cref="MessageAttribute"/>; others are kept and ignored. A message without any is a JSON record or array.
/// </param>
public sealed record QueueMessage(ReadOnlyMemory<byte> Body, IReadOnlyDictionary<string, string> Attributes);
