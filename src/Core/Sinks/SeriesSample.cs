using PushGateway.Model;

namespace PushGateway.Sinks;

/// <summary>A sample with its series.</summary>
/// <param name="Series">Index in <see cref="MetricBatch.Series"/>; samples of one series all name the same index.</param>
/// <param name="Owner">Index of the queue message that brought it.</param>
/// <param name="Sample">The sample.</param>
public readonly record struct SeriesSample(int Series, int Owner, Sample Sample)
{
    /// <summary>Index of the sample in <see cref="MetricBatch.Samples"/>.</summary>
    internal int Index { get; init; }
}
