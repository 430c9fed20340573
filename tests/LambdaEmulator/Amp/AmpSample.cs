namespace PushGateway.LambdaEmulator;

/// <summary>An accepted sample.</summary>
/// <param name="Series">Its labels as in PromQL, in the order of the request: <c>{__name__="up", job="a"}</c>.</param>
/// <param name="Milliseconds">Its timestamp in milliseconds since the Unix epoch.</param>
/// <param name="Value">Its value. A stale marker is a NaN with special bits.</param>
public readonly record struct AmpSample(string Series, long Milliseconds, double Value);
