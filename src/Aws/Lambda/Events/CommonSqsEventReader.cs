using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using PushGateway.Buffers;
using PushGateway.Formats.Json;
using PushGateway.Queue;

namespace PushGateway.Aws.Lambda.Events;

/// <summary>
/// Reads SQS events of messages without attributes, as IoT rules enqueue them by the thousand, faster than <see cref="SqsEventReader"/>. What it
/// takes, it reads as that one does; what it does not take, it says nothing of.
/// </summary>
internal ref struct CommonSqsEventReader
{
    private readonly ReadOnlyMemory<byte> _event;
    private readonly long _nowMs;
    private readonly PooledBuffer _bodies;
    private PlainJson _json;

    private CommonSqsEventReader(ReadOnlyMemory<byte> json, PooledBuffer bodies, long nowMs)
    {
        _event = json;
        _bodies = bodies;
        _nowMs = nowMs;
        _json = new PlainJson(json.Span);
    }

    /// <summary>Reads the messages.</summary>
    /// <param name="json">The event. Ids, and bodies that nothing is escaped in, share it.</param>
    /// <param name="bodies">Empty; takes the other bodies.</param>
    /// <param name="nowMs">The time for a record that says none, milliseconds since the Unix epoch.</param>
    /// <param name="messages">The messages, at least one.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> json, PooledBuffer bodies, long nowMs, [NotNullWhen(true)] out List<ReceivedMessage>? messages) =>
        new CommonSqsEventReader(json, bodies, nowMs).TryRead(out messages);

    private bool TryRead([NotNullWhen(true)] out List<ReceivedMessage>? messages)
    {
        messages = null;
        if (!_json.TryTake('{') || !TryReadKey(out var key) || !key.SequenceEqual("Records"u8) || !_json.TryTake('['))
        {
            return false;
        }

        var read = new List<ReceivedMessage>();
        do
        {
            if (!TryReadRecord(out var message))
            {
                return false;
            }

            read.Add(message);
        }
        while (_json.TryTake(','));

        messages = read;
        return _json.TryTake(']') && _json.TryTake('}') && _json.IsAtEnd();
    }

    private bool TryReadRecord([NotNullWhen(true)] out ReceivedMessage? message)
    {
        message = null;
        ReadOnlyMemory<byte> id = default;
        ReadOnlyMemory<byte>? body = null;
        var sentMs = _nowMs;
        var isOfSqs = false;
        if (!_json.TryTake('{'))
        {
            return false;
        }

        do
        {
            if (!TryReadKey(out var key)
                || !(key.SequenceEqual("body"u8) ? TryReadBody(ref body)
                    : key.SequenceEqual("attributes"u8) ? TryReadSentTimestamp(ref sentMs)
                    : key.SequenceEqual("messageAttributes"u8) ? _json.TryTake('{') && _json.TryTake('}')
                    : TryReadText(key, ref id, ref isOfSqs)))
            {
                return false;
            }
        }
        while (_json.TryTake(','));

        if (!_json.TryTake('}') || !isOfSqs || id.IsEmpty || body is null)
        {
            return false;
        }

        message = SqsEventMessage.Create(id, body.Value, sentMs);
        return true;
    }

    private bool TryReadText(ReadOnlySpan<byte> key, ref ReadOnlyMemory<byte> id, ref bool isOfSqs)
    {
        if (!_json.TryReadString(out var text))
        {
            return false;
        }

        if (key.SequenceEqual("messageId"u8))
        {
            id = SliceOf(text);
        }
        else if (key.SequenceEqual("eventSource"u8))
        {
            isOfSqs = text.SequenceEqual("aws:sqs"u8);
        }

        return true;
    }

    private bool TryReadSentTimestamp(ref long sentMs)
    {
        if (!_json.TryTake('{'))
        {
            return false;
        }

        do
        {
            if (!TryReadKey(out var key) || !_json.TryReadString(out var text))
            {
                return false;
            }

            if (key.SequenceEqual("SentTimestamp"u8)
                && (!Utf8Parser.TryParse(text, out sentMs, out var length) || length != text.Length || !char.IsAsciiDigit((char)text[0])))
            {
                return false;
            }
        }
        while (_json.TryTake(','));

        return _json.TryTake('}');
    }

    // A body of base64 stands in the event as it is; JSON in JSON is escaped.
    private bool TryReadBody(ref ReadOnlyMemory<byte>? body)
    {
        var start = _json;
        if (_json.TryReadString(out var plain))
        {
            body = SliceOf(plain);
            return true;
        }

        _json = start;
        if (!_json.TryTake('"'))
        {
            return false;
        }

        // As long as the rest of the event, which all bodies to come fit into: it does not grow.
        var free = _bodies.GetMemory(_event.Length - _json.Position);
        if (_json.TryUnescape(free.Span, out var written) != OperationStatus.Done)
        {
            return false;
        }

        _bodies.Advance(written);
        body = free[..written];
        return true;
    }

    // The string that was read last, as the part of the event that it is.
    private readonly ReadOnlyMemory<byte> SliceOf(ReadOnlySpan<byte> text) => _event.Slice(_json.Position - text.Length - 1, text.Length);

    private bool TryReadKey(out ReadOnlySpan<byte> key) => _json.TryReadString(out key) && _json.TryTake(':');
}
