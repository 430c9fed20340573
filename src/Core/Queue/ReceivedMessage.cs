using System.Globalization;
using System.Text;

namespace PushGateway.Queue;

/// <summary>A message handed out by a queue.</summary>
public sealed class ReceivedMessage
{
    private readonly ReadOnlyMemory<byte> _id;
    private bool _isTaken;

    /// <param name="id">As <see cref="Id"/>.</param>
    /// <param name="message">As <see cref="Message"/>.</param>
    /// <param name="sentMs">As <see cref="SentMs"/>.</param>
    /// <param name="receipt">As <see cref="Receipt"/>.</param>
    public ReceivedMessage(string id, QueueMessage message, long sentMs, object? receipt = null)
        : this(message, sentMs, receipt) => Id = id;

    /// <summary>Creates a message whose id is made a string only on first use, because few ids are used.</summary>
    /// <param name="id">As <see cref="Id"/>, UTF-8. Must stay valid for as long as the message's body.</param>
    /// <param name="message">As <see cref="Message"/>.</param>
    /// <param name="sentMs">As <see cref="SentMs"/>.</param>
    /// <param name="receipt">As <see cref="Receipt"/>.</param>
    public ReceivedMessage(ReadOnlyMemory<byte> id, QueueMessage message, long sentMs, object? receipt = null)
        : this(message, sentMs, receipt) => _id = id;

    /// <summary>Creates a message of a queue that numbers its messages.</summary>
    /// <param name="number">The number: its <see cref="Id"/> and its <see cref="Receipt"/>.</param>
    /// <param name="message">As <see cref="Message"/>.</param>
    /// <param name="sentMs">As <see cref="SentMs"/>.</param>
    public ReceivedMessage(long number, QueueMessage message, long sentMs)
        : this(message, sentMs, receipt: number)
    {
    }

    private ReceivedMessage(QueueMessage message, long sentMs, object? receipt) => (Message, SentMs, Receipt) = (message, sentMs, receipt);

    /// <summary>The message's id in its queue, for logs and batch responses.</summary>
    public string Id => field ??= Receipt is long number ? number.ToString(CultureInfo.InvariantCulture) : Encoding.UTF8.GetString(_id.Span);

    /// <summary>Reads the id as a UUID. False when it is none.</summary>
    internal bool TryGetUuid(out Guid id)
    {
        id = default;
        return Receipt is not long && (_id.IsEmpty ? Guid.TryParse(Id, out id) : Guid.TryParse(_id.Span, out id));
    }

    /// <summary>The message.</summary>
    public QueueMessage Message { get; }

    /// <summary>
    /// When the queue accepted the message, milliseconds since the Unix epoch. It is the time of receipt of the samples in it.
    /// </summary>
    public long SentMs { get; }

    /// <summary>How long ago the queue accepted the message.</summary>
    public TimeSpan AgeAt(DateTimeOffset now) => now - DateTimeOffset.FromUnixTimeMilliseconds(SentMs);

    /// <summary>
    /// The push time that an ordered queue gave the message when it stored it, nanoseconds since the Unix epoch. Messages of one call have the
    /// same time. Null in other queues.
    /// </summary>
    public long? StoredNs { get; init; }

    /// <summary>
    /// Whether samples of the message may have been sent before: an ordered queue has a note that they were, another queue has handed the
    /// message out before. A target that has them, or newer ones, then refuses them as out of order.
    /// </summary>
    public bool IsRedelivered { get; init; }

    /// <summary>
    /// The message group, when the queue keeps order in it: it hands out no message of the group while an older one of it is being worked on.
    /// Null in other queues.
    /// </summary>
    public string? OrderGroup { get; init; }

    /// <summary>
    /// The push of the message as it was accepted, if it is still in memory: then the message need not be decoded. The receiver takes it with
    /// <see cref="TryTakeAccepted"/>.
    /// </summary>
    public AcceptedPush? Accepted { private get; init; }

    /// <summary>Takes the push as it was accepted, once. The caller releases its batch.</summary>
    public bool TryTakeAccepted(out AcceptedPush accepted)
    {
        accepted = Accepted.GetValueOrDefault();
        var isThere = Accepted is not null && !_isTaken;
        _isTaken = true;
        return isThere;
    }

    /// <summary>The queue's own handle. Only the queue reads it.</summary>
    public object? Receipt { get; }
}
