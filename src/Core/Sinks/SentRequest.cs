namespace PushGateway.Sinks;

/// <summary>A request that a sink sent, or could not send.</summary>
/// <param name="Samples">How many of the samples given it held, from the first on: at least one.</param>
/// <param name="Result">What became of them.</param>
public readonly record struct SentRequest(int Samples, SinkResult Result);
