using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Exposition;

/// <summary>A group as a store holds it: a run of families and series in the batch of a <see cref="GroupReading"/>.</summary>
/// <param name="Key">The grouping key.</param>
/// <param name="Start">Where its families and series begin.</param>
/// <param name="End">Where they end.</param>
public readonly record struct ExposedGroup(GroupingKey Key, BatchMark Start, BatchMark End);
