namespace PushGateway.Queue;

/// <summary>
/// The queue between accepting a push and delivering it. Delivery is at least once: a message is handed out until it is completed or
/// dead-lettered, whatever crashes in between. The order is not guaranteed, so every consumer must handle redelivery and reordering. Safe
/// for concurrent use.
/// </summary>
public interface IPushQueue
{
    /// <summary>What the queue can carry.</summary>
    MessageCapacity Capacity { get; }

    /// <summary>Stores the messages. They are durable when the task completes. When the task fails, any of them may be stored.</summary>
    /// <exception cref="QueueUnavailableException">The queue cannot take messages now. The sender should try again.</exception>
    ValueTask EnqueueAsync(IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Receives up to <paramref name="maxMessages"/> messages. The queue decides how long it waits for the first one; the result is empty
    /// when none came. No other receive gets the messages until they are abandoned or the queue's visibility timeout has passed. Cancelling
    /// loses no message: those already handed out are returned.
    /// </summary>
    ValueTask<IReadOnlyList<ReceivedMessage>> ReceiveAsync(int maxMessages, CancellationToken cancellationToken);

    /// <summary>Removes delivered messages. When it fails they may come again, which is harmless.</summary>
    ValueTask CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken);

    /// <summary>Gives messages back. They are handed out again after <paramref name="delay"/>.</summary>
    ValueTask AbandonAsync(IReadOnlyList<ReceivedMessage> messages, TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>
    /// Moves messages with their reasons to the dead-letter queue. A message leaves this queue only once it is safe there.
    /// </summary>
    ValueTask DeadLetterAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken);

    /// <summary>Prevents received messages from being handed out again while they are still being processed.</summary>
    ValueTask RenewAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken);

    /// <summary>Throws a <see cref="QueueUnavailableException"/> when a push could not be stored now.</summary>
    ValueTask CheckAsync(CancellationToken cancellationToken);
}
