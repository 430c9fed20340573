using System.Collections.Concurrent;
using PushGateway.Model;

namespace PushGateway.Api.Push;

/// <summary>The batches that requests are read into. Each belongs to the request that rented it until that returns it.</summary>
internal sealed class BatchPool
{
    // Buffers that one huge push has grown are not kept for the small ones that follow.
    private const int MaxPooledSymbols = 1 << 16;

    private readonly ConcurrentBag<MetricBatch> _batches = [];

    public MetricBatch Rent() => _batches.TryTake(out var batch) ? batch : new MetricBatch();

    public void Return(MetricBatch batch)
    {
        if (batch.Symbols.Count <= MaxPooledSymbols)
        {
            batch.Clear();
            _batches.Add(batch);
        }
    }
}
