namespace PushGateway.Queue;

/// <summary>
/// A queue that several processes drain, as SQS is. A message that was handed out is hidden from others for a while. The order is not
/// guaranteed, so every consumer must handle redelivery and reordering.
/// </summary>
public interface IPolledPushQueue : IPushQueue
{
    /// <summary>
    /// Receives up to <paramref name="maxMessages"/> messages. The queue decides how long it waits for the first one; the result is empty
    /// when none came. No other receive gets the messages until they are abandoned or the queue's visibility timeout has passed. Cancelling
    /// loses no message: those already handed out are returned.
    /// </summary>
    ValueTask<IReadOnlyList<ReceivedMessage>> ReceiveAsync(int maxMessages, CancellationToken cancellationToken);

    /// <summary>Gives messages back. Each is handed out again after its <paramref name="delay"/>.</summary>
    ValueTask AbandonAsync(IReadOnlyList<ReceivedMessage> messages, Func<ReceivedMessage, TimeSpan> delay, CancellationToken cancellationToken);

    /// <summary>Prevents received messages from being handed out again while they are still being processed.</summary>
    ValueTask RenewAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken);
}
