namespace PushGateway.Simulation;

/// <summary>A sample that a client pushes.</summary>
/// <param name="Name">Name of the metric.</param>
/// <param name="Instance">Value of its one label.</param>
/// <param name="Value">The value; no other sample has the same.</param>
/// <param name="TimestampMs">The time that the client gave; null without one.</param>
internal readonly record struct PushedSample(string Name, string Instance, double Value, long? TimestampMs = null);
