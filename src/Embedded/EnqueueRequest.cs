using System.Globalization;
using PushGateway.Push;
using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>Stores messages at the end of the queue. All get the same time.</summary>
internal sealed class EnqueueRequest : WriteRequest
{
    private readonly byte[][] _attributes;
    private readonly long _maxBytes;
    private readonly Action<EnqueueRequest> _onStored;
    private readonly long _bytes;

    public EnqueueRequest(IReadOnlyList<QueueMessage> messages, long maxBytes, Action<EnqueueRequest> onStored)
    {
        Messages = messages;
        _attributes = new byte[messages.Count][];
        _maxBytes = maxBytes;
        _onStored = onStored;
        for (var i = 0; i < messages.Count; i++)
        {
            _attributes[i] = AttributeBlob.Encode(messages[i].Attributes);
            _bytes += _attributes[i].Length + messages[i].Body.Length;
        }
    }

    /// <summary>The messages.</summary>
    public IReadOnlyList<QueueMessage> Messages { get; }

    /// <summary>The pushes of the messages as they were accepted; none when they are not known.</summary>
    public IReadOnlyList<BatchedPush> Pushes { get; init; } = [];

    /// <summary>The batch of the pushes.</summary>
    public SharedBatch? Batch { get; init; }

    /// <summary>The id of the first message. Those of the others follow.</summary>
    public long FirstId { get; private set; }

    /// <summary>The time of the messages, nanoseconds since the Unix epoch.</summary>
    public long StoredNs { get; private set; }

    public override void Execute(WriterSession session)
    {
        if (!session.HasRoom(_bytes, _maxBytes))
        {
            Refuse(string.Create(CultureInfo.InvariantCulture, $"the queue is full: {session.UsedBytes} of at most {_maxBytes} bytes are in use"));
            return;
        }

        (FirstId, StoredNs) = (session.NextId, session.Clock.Next());
        for (var i = 0; i < Messages.Count; i++)
        {
            session.InsertMessage(StoredNs, _attributes[i], Messages[i].Body.Span);
        }
    }

    public override void OnCommitted()
    {
        if (!IsRefused)
        {
            _onStored(this);
        }

        base.OnCommitted();
    }
}
