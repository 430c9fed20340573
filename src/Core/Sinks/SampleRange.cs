using PushGateway.Model;

namespace PushGateway.Sinks;

/// <summary>
/// Part of a coalesced batch: samples sorted by series and time, without exact duplicates. Samples of one series stand next to each other.
/// </summary>
/// <param name="Batch">Holds the symbols, families, series and labels.</param>
/// <param name="Samples">The samples, each with the index of its series in <paramref name="Batch"/>.</param>
public readonly record struct SampleRange(MetricBatch Batch, ReadOnlyMemory<SeriesSample> Samples);
