using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;

namespace PushGateway.Delivery;

/// <summary>Delivers expiries at once, beside the queue.</summary>
/// <param name="handler">Handles them.</param>
/// <param name="options">Options.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Is told what goes wrong.</param>
public sealed class DirectExpiry(BatchHandler handler, DeliveryOptions options, TimeProvider time, DeliveryObserver observer) : IExpiryDelivery
{
    private static readonly MessageCapacity InProcess = new(int.MaxValue, TextOnly: false, ChunkBytes: 0);

    /// <inheritdoc/>
    public async ValueTask EndAsync(IReadOnlyList<PushHeader> due, CancellationToken cancellationToken)
    {
        foreach (var batch in due.Chunk(options.BatchSize))
        {
            var outcome = await handler.HandleAsync([.. batch.Select(ToMessage)], cancellationToken);
            if (outcome.Failed.Count > 0)
            {
                observer.Failed(outcome.Failed.Count, outcome.FailureReason ?? "unknown");
            }
        }
    }

    private ReceivedMessage ToMessage(PushHeader expiry)
    {
        var messages = new List<QueueMessage>(1);
        PushMessageCodec.Encode(expiry, new MetricBatch(), InProcess, messages);
        return new ReceivedMessage($"expiry of {expiry.Group}", messages[0], time.GetUtcNow().ToUnixTimeMilliseconds());
    }
}
