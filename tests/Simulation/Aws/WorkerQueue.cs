using PushGateway.Queue;

namespace PushGateway.Simulation.Aws;

/// <summary>A worker's way to the queue.</summary>
internal sealed class WorkerQueue(Sqs sqs, Life life, World world) : IPolledPushQueue
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    public MessageCapacity Capacity => sqs.Capacity;

    public async ValueTask<IReadOnlyList<ReceivedMessage>> ReceiveAsync(int maxMessages, CancellationToken cancellationToken)
    {
        while (true)
        {
            await life.DelayAsync(world.Between(1, 10));
            if (sqs.Receive(maxMessages) is { Count: > 0 } messages)
            {
                await life.DelayAsync(world.Between(1, 10));
                return messages;
            }

            await life.DelayAsync(PollInterval);
        }
    }

    public ValueTask AbandonAsync(
        IReadOnlyList<ReceivedMessage> messages, Func<ReceivedMessage, TimeSpan> delay, CancellationToken cancellationToken) =>
        EachAsync(messages, message => sqs.Hide(message, delay(message)));

    public ValueTask RenewAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken) => EachAsync(messages, sqs.Hide);

    public ValueTask CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken) =>
        EachAsync(messages, message => sqs.Remove(message));

    public ValueTask DeadLetterAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken) => EachAsync(letters, sqs.Bury);

    public ValueTask EnqueueAsync(IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask CheckAsync(CancellationToken cancellationToken) => default;

    // A kill may come between any two.
    private async ValueTask EachAsync<T>(IEnumerable<T> items, Action<T> action)
    {
        foreach (var chunk in items.Chunk(10))
        {
            await life.DelayAsync(world.Between(1, 10));
            Array.ForEach(chunk, action);
        }
    }
}
