namespace PushGateway.Queue;

/// <summary>What a queue can carry.</summary>
/// <param name="MaxBytes">Largest message in bytes: body plus attribute names, types and values.</param>
/// <param name="TextOnly">Bodies must be text: the codec writes base64.</param>
/// <param name="ChunkBytes">Messages are billed by chunks of this many bytes and are compressed when that saves one; 0: never compressed.</param>
public sealed record MessageFormat(int MaxBytes, bool TextOnly, int ChunkBytes);
