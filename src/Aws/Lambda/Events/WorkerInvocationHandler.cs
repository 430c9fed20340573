using System.Text.Json;
using PushGateway.Buffers;
using PushGateway.Queue;

namespace PushGateway.Aws.Lambda.Events;

/// <summary>Answers the events of the worker function: SQS events, direct invocations and scheduled events.</summary>
internal sealed class WorkerInvocationHandler(EventBatchDelivery delivery, IEnumerable<ScheduledTask> scheduled, TimeProvider time) : IInvocationHandler
{
    private static readonly Dictionary<string, string> NoAttributes = [];

    private readonly ScheduledTask[] _scheduled = [.. scheduled];

    public ValueTask HandleAsync(Invocation invocation, PooledBuffer response, CancellationToken cancellationToken) =>
        WorkerEventReader.KindOf(invocation.Event.Span) switch
        {
            WorkerEventKind.Messages => DeliverMessagesAsync(invocation, response, cancellationToken),
            WorkerEventKind.Records => DeliverDirectlyAsync(
                new QueueMessage(invocation.Event, NoAttributes), invocation, response, cancellationToken),
            WorkerEventKind.Envelope => DeliverDirectlyAsync(
                WorkerEventReader.ReadEnvelope(invocation.Event.Span), invocation, response, cancellationToken),
            WorkerEventKind.Schedule => RunScheduledAsync(response, cancellationToken),
            _ => throw InvocationException.Invalid(
                "This function does not understand the event. It takes SQS messages, a JSON record or an array of them, "
                + "an object with \"body\" and \"contentType\", or a scheduled event."),
        };

    private async ValueTask DeliverMessagesAsync(Invocation invocation, PooledBuffer response, CancellationToken cancellationToken)
    {
        using var bodies = new PooledBuffer();
        var messages = SqsEventReader.Read(invocation.Event, bodies, time.GetUtcNow().ToUnixTimeMilliseconds());
        var failed = await delivery.DeliverAsync(messages, invocation.Deadline - InvocationLoop.DeadlineMargin, cancellationToken);

        using var json = new Utf8JsonWriter(response);
        json.WriteStartObject();
        json.WriteStartArray("batchItemFailures"u8);
        foreach (var id in failed)
        {
            json.WriteStartObject();
            json.WriteString("itemIdentifier"u8, id);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private async ValueTask DeliverDirectlyAsync(
        QueueMessage message, Invocation invocation, PooledBuffer response, CancellationToken cancellationToken)
    {
        if (await delivery.DeliverDirectlyAsync(message, invocation, cancellationToken) is { } error)
        {
            throw error;
        }

        WriteDone(response, "delivered"u8);
    }

    private async ValueTask RunScheduledAsync(PooledBuffer response, CancellationToken cancellationToken)
    {
        if (_scheduled.Length == 0)
        {
            throw InvocationException.Invalid("This function has nothing to do on a schedule.");
        }

        foreach (var task in _scheduled)
        {
            await task(cancellationToken);
        }

        WriteDone(response, "done"u8);
    }

    private static void WriteDone(PooledBuffer response, ReadOnlySpan<byte> status)
    {
        using var json = new Utf8JsonWriter(response);
        json.WriteStartObject();
        json.WriteString("status"u8, status);
        json.WriteEndObject();
    }
}
