namespace PushGateway.Queue;

/// <summary>
/// Remembers, through a restart, of which messages samples may have reached the target. Those are <see cref="ReceivedMessage.IsRedelivered"/>
/// afterwards.
/// </summary>
public interface ISendJournal
{
    /// <summary>
    /// Notes, before a request goes out, that it may have samples of the messages. When the task completes, the note is as durable as a push.
    /// </summary>
    /// <exception cref="QueueUnavailableException">The note cannot be written now.</exception>
    ValueTask NoteSendingAsync(IReadOnlyList<ReceivedMessage> messages);

    /// <summary>Takes a note back: no request with samples of the messages has reached the target.</summary>
    /// <exception cref="QueueUnavailableException">This cannot be written now. The note stays.</exception>
    ValueTask NoteUnsentAsync(IReadOnlyList<ReceivedMessage> messages);
}
