using System.Globalization;
using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>Stores messages of one time at the end of the queue.</summary>
internal sealed class EnqueueRequest : WriteRequest
{
    private readonly IReadOnlyList<QueueMessage> _messages;
    private readonly byte[][] _attributes;
    private readonly long _maxBytes;
    private readonly Action<int> _onStored;
    private readonly long _bytes;

    public EnqueueRequest(IReadOnlyList<QueueMessage> messages, long maxBytes, Action<int> onStored)
    {
        _messages = messages;
        _attributes = new byte[messages.Count][];
        _maxBytes = maxBytes;
        _onStored = onStored;
        for (var i = 0; i < messages.Count; i++)
        {
            _attributes[i] = AttributeBlob.Encode(messages[i].Attributes);
            _bytes += _attributes[i].Length + messages[i].Body.Length;
        }
    }

    public override void Execute(WriterSession session)
    {
        if (!session.HasRoom(_bytes, _maxBytes))
        {
            Refuse(string.Create(CultureInfo.InvariantCulture, $"the queue is full: {session.UsedBytes} of at most {_maxBytes} bytes are in use"));
            return;
        }

        var storedNs = session.Clock.Next();
        for (var i = 0; i < _messages.Count; i++)
        {
            session.InsertMessage(storedNs, _attributes[i], _messages[i].Body.Span);
        }
    }

    public override void OnCommitted()
    {
        if (!IsRefused)
        {
            _onStored(_messages.Count);
        }

        base.OnCommitted();
    }
}
