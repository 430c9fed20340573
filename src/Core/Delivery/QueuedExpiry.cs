using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;

namespace PushGateway.Delivery;

/// <summary>
/// Puts expiries into the queue of one machine, so that they are delivered in order: the stale markers of a group must not reach the target
/// before the samples that wait.
/// </summary>
/// <param name="queue">The queue.</param>
public sealed class QueuedExpiry(IPushQueue queue) : IExpiryDelivery
{
    // What is due stays due until the sink has the markers. It is in the queue by then.
    private readonly HashSet<(string Path, long TimeNs)> _queued = [];

    /// <inheritdoc/>
    public async ValueTask EndAsync(IAsyncEnumerable<PushHeader> due, CancellationToken cancellationToken)
    {
        var all = await due.ToListAsync(cancellationToken);
        _queued.IntersectWith(all.Select(Identify));
        var messages = new List<QueueMessage>();
        var nothing = new MetricBatch();
        foreach (var expiry in all.Where(expiry => !_queued.Contains(Identify(expiry))))
        {
            PushMessageCodec.Encode(expiry, nothing, queue.Capacity, messages);
        }

        if (messages.Count > 0)
        {
            await queue.EnqueueAsync(messages, cancellationToken);
            _queued.UnionWith(all.Select(Identify));
        }
    }

    private static (string Path, long TimeNs) Identify(PushHeader expiry) => (expiry.Group!.Path, expiry.PushTimeNs);
}
