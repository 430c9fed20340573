using PushGateway.Push;

namespace PushGateway.Queue;

/// <summary>
/// The queue of one machine. It hands messages out in the order in which they became durable, to one consumer in the process that stored
/// them. It has two cursors: messages can be looked at before it is their turn to be received.
/// </summary>
/// <remarks>
/// Its consumer notes what it sends, because after a restart the queue cannot tell what it handed out. The queue gives a push its time when it stores it, so messages are in order of push time. It hands out the messages of a millisecond
/// together: a target that gets two samples of a series with the same timestamp, one after the other, refuses the second.
/// </remarks>
public interface IOrderedPushQueue : IPushQueue, ISendJournal
{
    /// <summary>What waits in the queue.</summary>
    QueueBacklog Backlog { get; }

    /// <summary>
    /// Stores a message for each push, as <see cref="IPushQueue.EnqueueAsync"/>. Within a budget, the queue keeps the pushes in memory until
    /// their messages are looked at: it holds their batch as long.
    /// </summary>
    /// <param name="messages">The messages. All are stored, or none.</param>
    /// <param name="pushes">The push of each message.</param>
    /// <param name="batch">The batch of the pushes. Nobody changes it from now on.</param>
    /// <param name="cancellationToken">Ends the call before anything is stored.</param>
    /// <exception cref="QueueUnavailableException">The queue cannot take messages now. The sender should try again.</exception>
    ValueTask EnqueueAsync(
        IReadOnlyList<QueueMessage> messages, IReadOnlyList<BatchedPush> pushes, SharedBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Looks at the next messages that were not looked at before, at most <paramref name="maxMessages"/>, and waits until there is one.
    /// They are not received by that.
    /// </summary>
    ValueTask<IReadOnlyList<ReceivedMessage>> PeekAsync(int maxMessages, CancellationToken cancellationToken);

    /// <summary>
    /// Receives what <see cref="PeekAsync"/> returned last. False when others are to be received before: nothing is received then.
    /// </summary>
    bool TryReceivePeeked();

    /// <summary>Receives the next messages, none behind one that was looked at; none when there are none.</summary>
    /// <param name="last">The last message that may be received.</param>
    /// <param name="maxMessages">Most messages to receive.</param>
    IReadOnlyList<ReceivedMessage> ReceiveThrough(ReceivedMessage last, int maxMessages);
}
