using System.Collections.Concurrent;
using PushGateway.Model;
using PushGateway.Queue;

namespace PushGateway.Api.Push;

/// <summary>
/// The batches that requests are read into. Each belongs to the request that rented it. Once its push is stored, delivery may hold it, too.
/// </summary>
internal sealed class BatchPool
{
    // Delivery gives back all batches of a few milliseconds at once. Small pushes leave hundreds of them, of a few kilobytes each.
    private const long MaxIdleBytes = 8 * 1024 * 1024;

    private readonly ConcurrentBag<MetricBatch> _idle = [];
    private long _idleBytes;

    /// <summary>Rents a batch. It comes back when the last holder releases it.</summary>
    public SharedBatch Rent()
    {
        if (!_idle.TryTake(out var batch))
        {
            return new SharedBatch(new MetricBatch(), Return);
        }

        Interlocked.Add(ref _idleBytes, -batch.RetainedBytes);
        return new SharedBatch(batch, Return);
    }

    private void Return(MetricBatch batch)
    {
        batch.Trim();
        if (Interlocked.Add(ref _idleBytes, batch.RetainedBytes) > MaxIdleBytes)
        {
            Interlocked.Add(ref _idleBytes, -batch.RetainedBytes);
            return;
        }

        _idle.Add(batch);
    }
}
