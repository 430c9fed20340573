using System.Collections.Concurrent;
using PushGateway.Model;
using PushGateway.Queue;

namespace PushGateway.Api.Push;

/// <summary>
/// The batches that requests are read into. Each belongs to the request that rented it. Once its push is stored, delivery may hold it, too.
/// </summary>
internal sealed class BatchPool
{
    private readonly ConcurrentBag<MetricBatch> _batches = [];

    /// <summary>Rents a batch. It comes back when the last holder releases it.</summary>
    public SharedBatch Rent() => new(_batches.TryTake(out var batch) ? batch : new MetricBatch(), Return);

    private void Return(MetricBatch batch)
    {
        batch.Trim();
        _batches.Add(batch);
    }
}
