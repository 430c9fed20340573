namespace PushGateway.LambdaEmulator;

/// <summary>A sample that was accepted.</summary>
/// <param name="Series">Its labels as PromQL writes them, in the order that they came in: <c>{__name__="up", job="a"}</c>.</param>
/// <param name="Milliseconds">Its time, since the epoch.</param>
/// <param name="Value">Its value; a stale marker is a NaN with bits of its own.</param>
public readonly record struct AmpSample(string Series, long Milliseconds, double Value);
