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
    public async ValueTask<PushError?> SendAsync(IReadOnlyList<BatchedPush> pushes, CancellationToken cancellationToken)
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
            await queue.EnqueueAsync(messages, cancellationToken);
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
