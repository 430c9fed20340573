namespace PushGateway.Sinks;

/// <summary>What an <see cref="IRequestEncoder"/> made of the first of its samples.</summary>
/// <param name="Body">The body as it goes over the wire; valid until the encoder's next call. Empty with a refusal.</param>
/// <param name="Samples">How many samples, from the first on, are in it: at least one. With a refusal, one.</param>
/// <param name="Refusal">Why the protocol cannot express the first sample, so that the target need not be asked; otherwise null.</param>
internal readonly record struct EncodedRequest(ReadOnlyMemory<byte> Body, int Samples, string? Refusal = null);
