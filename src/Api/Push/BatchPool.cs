using System.Collections.Concurrent;
using PushGateway.Model;
using PushGateway.Queue;

namespace PushGateway.Api.Push;

/// <summary>
/// The batches that requests are read into. Each belongs to the request that rented it. Once its push is stored, delivery may hold it, too.
/// </summary>
internal sealed class BatchPool
{
    // More requests than this are not read at a time for long. While delivery falls behind, thousands of batches are out.
    private static readonly int MaxIdle = 8 * Environment.ProcessorCount;

    private readonly ConcurrentBag<MetricBatch> _idle = [];
    private int _count;

    /// <summary>Rents a batch. It comes back when the last holder releases it.</summary>
    public SharedBatch Rent()
    {
        if (!_idle.TryTake(out var batch))
        {
            return new SharedBatch(new MetricBatch(), Return);
        }

        Interlocked.Decrement(ref _count);
        return new SharedBatch(batch, Return);
    }

    private void Return(MetricBatch batch)
    {
        if (Interlocked.Increment(ref _count) > MaxIdle)
        {
            Interlocked.Decrement(ref _count);
            return;
        }

        batch.Trim();
        _idle.Add(batch);
    }
}
