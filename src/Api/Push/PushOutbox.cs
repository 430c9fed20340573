using System.Diagnostics;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Telemetry;

namespace PushGateway.Api.Push;

/// <summary>Puts pushes into the queue as messages.</summary>
internal sealed class PushOutbox(IPushQueue queue, ILogger<PushOutbox> logger)
{
    /// <summary>
    /// Queues the pushes together: null once all are durable. On an error the sender has to send them again; a queue that became
    /// unavailable on the way may have kept some.
    /// </summary>
    /// <param name="pushes">The pushes.</param>
    /// <param name="shared">Their batch, which delivery may go on with; null if there is none to share.</param>
    /// <param name="quota">Where they have their places, which end unless they are queued.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<PushError?> SendAsync(
        IReadOnlyList<BatchedPush> pushes, SharedBatch? shared, GroupQuota quota, CancellationToken cancellationToken)
    {
        var isQueued = false;
        try
        {
            var error = await SendAsync(pushes, shared, cancellationToken);
            isQueued = error is null;
            return error;
        }
        finally
        {
            if (!isQueued)
            {
                quota.Release(pushes);
            }
        }
    }

    private async ValueTask<PushError?> SendAsync(IReadOnlyList<BatchedPush> pushes, SharedBatch? shared, CancellationToken cancellationToken)
    {
        using var activity = PushTelemetry.StartEnqueue();
        var traceParent = (activity ?? Activity.Current)?.Id;
        var messages = new List<QueueMessage>(pushes.Count);
        foreach (var push in pushes)
        {
            if (PushMessageCodec.Encode(push with { Header = push.Header with { TraceParent = traceParent } }, queue.Capacity, messages) is { } tooLarge)
            {
                return tooLarge;
            }
        }

        try
        {
            // A push that was cut into several messages is not handed over: it is decoded from them.
            await (shared is not null && messages.Count == pushes.Count && queue is IOrderedPushQueue ordered
                ? ordered.EnqueueAsync(messages, pushes, shared, cancellationToken)
                : queue.EnqueueAsync(messages, cancellationToken));
        }
        catch (QueueUnavailableException exception)
        {
            // The reason is the operator's: it can name accounts and folders.
            logger.QueueUnavailable(exception.Message);
            return new PushError(RejectCode.QueueUnavailable, "the push cannot be stored now; send it again");
        }

        PushTelemetry.Queued(messages.Count);
        return null;
    }
}
