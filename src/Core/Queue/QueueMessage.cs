namespace PushGateway.Queue;

/// <summary>A message as the queue carries it.</summary>
/// <param name="Body">The body's bytes. On a queue that carries only text they are UTF-8 that SQS allows.</param>
/// <param name="Attributes">
/// String attributes with the names in <see cref="MessageAttribute"/>. Others are kept and ignored. Without any attribute, the body
/// is a JSON record, an array of records, or records on lines of their own.
/// </param>
public sealed record QueueMessage(ReadOnlyMemory<byte> Body, IReadOnlyDictionary<string, string> Attributes);
