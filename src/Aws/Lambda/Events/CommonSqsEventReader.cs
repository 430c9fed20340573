using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using PushGateway.Buffers;
using PushGateway.Formats.Json;
using PushGateway.Queue;

namespace PushGateway.Aws.Lambda.Events;

/// <summary>
/// Reads SQS events whose messages have no attributes, as IoT rules enqueue them by the thousand, faster than <see cref="SqsEventReader"/>.
/// An event that it can read gives the same messages in both readers. An event that it cannot read is left to <see cref="SqsEventReader"/>,
/// which also reports the errors.
/// </summary>
internal ref struct CommonSqsEventReader
{
    // A record is rarely shorter: the receipt handle alone has about 200 bytes.
    private const int BytesPerRecord = 600;

    private readonly ReadOnlyMemory<byte> _event;
    private readonly ReadOnlySpan<byte> _text;
    private readonly long _nowMs;
    private readonly PooledBuffer _bodies;

    // Usually all records have the same keys in the same order. So have the attributes of the records.
    private readonly List<KnownKey> _keys = [];
    private readonly List<KnownKey> _attributeKeys = [];
    private PlainJson _json;

    private CommonSqsEventReader(ReadOnlyMemory<byte> json, PooledBuffer bodies, long nowMs)
    {
        _event = json;
        _text = json.Span;
        _bodies = bodies;
        _nowMs = nowMs;
        _json = new PlainJson(_text);
    }

    /// <summary>Reads the messages. Returns false when this reader cannot read the event.</summary>
    /// <param name="json">The event. The ids, and the bodies without escapes, are slices of it.</param>
    /// <param name="bodies">An empty buffer. Bodies with escapes are unescaped into it.</param>
    /// <param name="nowMs">The time for a record without a time, milliseconds since the Unix epoch.</param>
    /// <param name="messages">At least one message.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> json, PooledBuffer bodies, long nowMs, [NotNullWhen(true)] out List<ReceivedMessage>? messages) =>
        new CommonSqsEventReader(json, bodies, nowMs).TryRead(out messages);

    private bool TryRead([NotNullWhen(true)] out List<ReceivedMessage>? messages)
    {
        messages = null;
        if (!_json.TryTake('{') || !_json.TryReadString(out var key) || !key.SequenceEqual("Records"u8) || !_json.TryTake(':') || !_json.TryTake('['))
        {
            return false;
        }

        var read = new List<ReceivedMessage>(_text.Length / BytesPerRecord);
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

        var place = 0;
        do
        {
            if (!TryReadKey(_keys, place++, out var field)
                || !(field switch
                {
                    Field.Body => TryReadBody(ref body),
                    Field.Attributes => TryReadSentTimestamp(ref sentMs),
                    Field.MessageAttributes => _json.TryTake('{') && _json.TryTake('}'),
                    _ => TryReadText(field, ref id, ref isOfSqs),
                }))
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

    private bool TryReadText(Field field, ref ReadOnlyMemory<byte> id, ref bool isOfSqs)
    {
        if (!_json.TryReadString(out var text))
        {
            return false;
        }

        if (field == Field.MessageId)
        {
            id = SliceOf(text);
        }
        else if (field == Field.EventSource)
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

        var place = 0;
        do
        {
            if (!TryReadKey(_attributeKeys, place++, out var field) || !_json.TryReadString(out var text))
            {
                return false;
            }

            if (field == Field.SentTimestamp
                && (!Utf8Parser.TryParse(text, out sentMs, out var length) || length != text.Length || !char.IsAsciiDigit((char)text[0])))
            {
                return false;
            }
        }
        while (_json.TryTake(','));

        return _json.TryTake('}');
    }

    // A base64 body has no escapes and is used in place. JSON inside JSON is escaped.
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

        // The buffer is as large as the rest of the event, so all further bodies fit into it and it does not grow.
        var free = _bodies.GetMemory(_event.Length - _json.Position);
        if (_json.TryUnescape(free.Span, out var written) != OperationStatus.Done)
        {
            return false;
        }

        _bodies.Advance(written);
        body = free[..written];
        return true;
    }

    // Returns the string that was just read as a slice of the event.
    private readonly ReadOnlyMemory<byte> SliceOf(ReadOnlySpan<byte> text) => _event.Slice(_json.Position - text.Length - 1, text.Length);

    private bool TryReadKey(List<KnownKey> keys, int place, out Field field)
    {
        if (place < keys.Count && keys[place] is var known && _json.Rest.StartsWith(_text.Slice(known.Start, known.Length)))
        {
            _json.Advance(known.Length);
            field = known.Field;
            return true;
        }

        var start = _json.Position;
        if (!_json.TryReadString(out var key) || !_json.TryTake(':'))
        {
            field = default;
            return false;
        }

        field = FieldOf(key);
        if (place == keys.Count)
        {
            keys.Add(new KnownKey(start, _json.Position - start, field));
        }

        return true;
    }

    private static Field FieldOf(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("body"u8) ? Field.Body
        : key.SequenceEqual("attributes"u8) ? Field.Attributes
        : key.SequenceEqual("messageAttributes"u8) ? Field.MessageAttributes
        : key.SequenceEqual("messageId"u8) ? Field.MessageId
        : key.SequenceEqual("eventSource"u8) ? Field.EventSource
        : key.SequenceEqual("SentTimestamp"u8) ? Field.SentTimestamp
        : Field.Other;

    private enum Field
    {
        Other,
        Body,
        Attributes,
        MessageAttributes,
        MessageId,
        EventSource,
        SentTimestamp,
    }

    /// <summary>A key as it stands in the event, including its quotes, its colon and the blanks before them.</summary>
    private readonly record struct KnownKey(int Start, int Length, Field Field);
}
