using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;

namespace PushGateway.Delivery;

/// <summary>
/// Delivers expiries at once, beside the queue, and gives them as much time as a batch of the queue has. What is not delivered by then is
/// still due.
/// </summary>
/// <param name="handler">Handles them.</param>
/// <param name="options">Options.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Is told what goes wrong.</param>
public sealed class DirectExpiry(BatchHandler handler, DeliveryOptions options, TimeProvider time, DeliveryObserver observer) : IExpiryDelivery
{
    // Groups that are ended, and confirmed, before the next ones are looked for. A run that has no time for all of them has ended some.
    private const int PageSize = 100;

    private static readonly MessageCapacity InProcess = new(int.MaxValue, TextOnly: false, ChunkBytes: 0);

    /// <inheritdoc/>
    public async ValueTask EndAsync(IAsyncEnumerable<PushHeader> due, CancellationToken cancellationToken)
    {
        await foreach (var page in due.Chunk(PageSize).WithCancellation(cancellationToken))
        {
            using var timeout = new CancellationTokenSource(options.BatchTimeout, time);
            using var registration = cancellationToken.Register(timeout.Cancel);
            var outcome = await handler.HandleAsync([.. page.Select(ToMessage)], timeout.Token);
            if (outcome.Failures.Count > 0)
            {
                observer.Failed(outcome.Failures.Count, outcome.FailureReason ?? "unknown");
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
