namespace PushGateway.Queue;

/// <summary>
/// The queue between accepting a push and delivering it. At least once: a message is handed out until it is completed
/// or dead-lettered, whatever crashes in between. Order is not promised; every consumer is made for redelivery and reordering.
/// Safe for concurrent use.
/// </summary>
public interface IPushQueue
{
    /// <summary>What the queue can carry.</summary>
    MessageFormat Format { get; }

    /// <summary>Stores the messages. They are durable when the task completes; when it faults, any part of them may be stored.</summary>
    /// <exception cref="QueueUnavailableException">The queue cannot take messages now; the sender should try again.</exception>
    ValueTask EnqueueAsync(IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Takes up to <paramref name="maxMessages"/> messages, waiting for the first as long as the queue sees fit; empty when none came.
    /// No other receive gets them until they are abandoned or the queue's visibility timeout has passed. Cancelling loses none: what
    /// has been handed out by then is returned.
    /// </summary>
    ValueTask<IReadOnlyList<ReceivedMessage>> ReceiveAsync(int maxMessages, CancellationToken cancellationToken);

    /// <summary>Removes delivered messages. When it faults they may come again, which is harmless.</summary>
    ValueTask CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken);

    /// <summary>Gives messages back, to be handed out again after <paramref name="delay"/>.</summary>
    ValueTask AbandonAsync(IReadOnlyList<ReceivedMessage> messages, TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>Moves messages to the dead-letter queue with their reasons. A message leaves the queue only once it is safe there.</summary>
    ValueTask DeadLetterAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken);

    /// <summary>Keeps received messages from being handed out again while they are still worked on.</summary>
    ValueTask RenewAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken);

    /// <summary>Throws <see cref="QueueUnavailableException"/> when a push could not be stored now.</summary>
    ValueTask CheckAsync(CancellationToken cancellationToken);
}
