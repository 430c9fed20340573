namespace PushGateway.Queue;

/// <summary>
/// The queue between accepting a push and delivering it. Delivery is at least once: a message is handed out until it is completed or
/// dead-lettered, whatever crashes in between. Safe for concurrent use. How messages are received differs:
/// <see cref="IPolledPushQueue"/>, <see cref="IOrderedPushQueue"/>.
/// </summary>
public interface IPushQueue
{
    /// <summary>What the queue can carry.</summary>
    MessageCapacity Capacity { get; }

    /// <summary>Stores the messages. They are durable when the task completes. When the task fails, any of them may be stored.</summary>
    /// <exception cref="QueueUnavailableException">The queue cannot take messages now. The sender should try again.</exception>
    ValueTask EnqueueAsync(IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken);

    /// <summary>Removes delivered messages. When it fails they may come again, which is harmless.</summary>
    ValueTask CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Moves messages with their reasons to the dead-letter queue. A message leaves this queue only once it is safe there.
    /// </summary>
    ValueTask DeadLetterAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken);

    /// <summary>
    /// Throws a <see cref="QueueUnavailableException"/> when a push could not be stored now, or when the queue knows that what is stored cannot
    /// be read now.
    /// </summary>
    ValueTask CheckAsync(CancellationToken cancellationToken);
}
