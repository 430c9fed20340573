namespace PushGateway.Queue;

/// <summary>What a queue can carry.</summary>
/// <param name="MaxBytes">Largest message in bytes: body plus attribute names, types and values.</param>
/// <param name="TextOnly">Bodies must be text, so the codec writes base64.</param>
/// <param name="ChunkBytes">
/// Messages are billed in chunks of this many bytes. A message is compressed when that saves a chunk. 0 means never compressed.
/// </param>
public sealed record MessageCapacity(int MaxBytes, bool TextOnly, int ChunkBytes);
