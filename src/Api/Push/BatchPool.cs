using System.Collections.Concurrent;
using PushGateway.Model;

namespace PushGateway.Api.Push;

/// <summary>The batches that requests are read into. Each belongs to the request that rented it until that returns it.</summary>
internal sealed class BatchPool
{
    private readonly ConcurrentBag<MetricBatch> _batches = [];

    public MetricBatch Rent() => _batches.TryTake(out var batch) ? batch : new MetricBatch();

    public void Return(MetricBatch batch)
    {
        batch.Trim();
        _batches.Add(batch);
    }
}
