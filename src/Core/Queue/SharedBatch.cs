using PushGateway.Model;

namespace PushGateway.Queue;

/// <summary>
/// A batch that several hold at once and only read. The last that lets go of it gives it back to where it comes from. Thread-safe.
/// </summary>
/// <param name="batch">The batch.</param>
/// <param name="giveBack">Takes the batch when nobody holds it any more.</param>
public sealed class SharedBatch(MetricBatch batch, Action<MetricBatch> giveBack)
{
    private int _holders = 1;

    /// <summary>The batch. Only its first holder may change it, and only as long as there is no other.</summary>
    public MetricBatch Batch => batch;

    /// <summary>There is one holder more.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    /// <summary>There is one holder less.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            giveBack(batch);
        }
    }
}
