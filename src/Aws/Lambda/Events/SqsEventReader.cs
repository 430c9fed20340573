using System.Globalization;
using System.Text;
using System.Text.Json;
using Amazon.SQS.Model;
using PushGateway.Aws.Sqs;
using PushGateway.Buffers;
using PushGateway.Queue;

namespace PushGateway.Aws.Lambda.Events;

/// <summary>
/// Reads SQS events. An event is read as a whole or not at all: the answer names failed records by their id, so it could not name a record
/// whose id cannot be read.
/// </summary>
internal ref struct SqsEventReader
{
    private readonly ReadOnlyMemory<byte> _event;
    private readonly long _nowMs;
    private readonly PooledBuffer _bodies;

    // Usually all messages have the same attributes in the same order, and most of the values are equal. These are those of the message before.
    private readonly string?[] _names = new string?[OutgoingMessage.MaxAttributes];
    private readonly string?[] _values = new string?[OutgoingMessage.MaxAttributes];
    private Utf8JsonReader _json;

    private SqsEventReader(ReadOnlyMemory<byte> json, PooledBuffer bodies, long nowMs)
    {
        _event = json;
        _bodies = bodies;
        _nowMs = nowMs;
        _json = new Utf8JsonReader(json.Span);
    }

    /// <summary>Reads the messages.</summary>
    /// <param name="json">The event. The ids, and the bodies without escapes, are slices of it.</param>
    /// <param name="bodies">An empty buffer. Bodies with escapes are unescaped into it.</param>
    /// <param name="nowMs">The time for a record without a time, milliseconds since the Unix epoch.</param>
    /// <exception cref="InvocationException">The event is not from SQS, or a record lacks a member that every message has.</exception>
    public static List<ReceivedMessage> Read(ReadOnlyMemory<byte> json, PooledBuffer bodies, long nowMs)
    {
        try
        {
            return new SqsEventReader(json, bodies, nowMs).ReadEvent();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw InvocationException.Invalid($"The event is not a batch of SQS messages: {exception.Message}", exception);
        }
    }

    private List<ReceivedMessage> ReadEvent()
    {
        var messages = new List<ReceivedMessage>();
        _json.Read();
        while (ReadName())
        {
            var isRecords = _json.ValueTextEquals("Records"u8);
            _json.Read();
            if (!isRecords)
            {
                _json.Skip();
                continue;
            }

            Require(_json.TokenType == JsonTokenType.StartArray, "Records is not an array");
            while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            {
                Require(_json.TokenType == JsonTokenType.StartObject, "a record is not an object");
                messages.Add(ReadRecord());
            }
        }

        Require(messages.Count > 0, "it has no record");
        return messages;
    }

    private ReceivedMessage ReadRecord()
    {
        ReadOnlyMemory<byte> id = default;
        ReadOnlyMemory<byte>? body = null;
        ReadOnlyMemory<byte> handle = default;
        var attributes = SqsEventMessage.NoAttributes;
        var others = SqsEventMessage.NoOthers;
        long? sentMs = null;
        var isRedelivered = false;
        string? messageGroup = null;
        var isOfSqs = false;
        while (ReadName())
        {
            if (_json.ValueTextEquals("body"u8))
            {
                body = ReadText("a record's body is not a string");
            }
            else if (_json.ValueTextEquals("messageId"u8))
            {
                id = ReadText("a record's messageId is not a string");
            }
            else if (_json.ValueTextEquals("attributes"u8))
            {
                (sentMs, isRedelivered, messageGroup) = ReadSystemAttributes();
            }
            else if (_json.ValueTextEquals("messageAttributes"u8))
            {
                (attributes, others) = ReadAttributes();
            }
            else if (_json.ValueTextEquals("receiptHandle"u8))
            {
                handle = ReadText("a record's receiptHandle is not a string");
            }
            else if (_json.ValueTextEquals("eventSource"u8))
            {
                RequireSource();
                isOfSqs = true;
            }
            else
            {
                _json.Skip();
            }
        }

        Require(isOfSqs, "a record has no eventSource, which is aws:sqs");
        Require(!id.IsEmpty, "a record has no messageId");
        return new ReceivedMessage(
            id,
            new QueueMessage(body ?? throw new JsonException($"record {Encoding.UTF8.GetString(id.Span)} has no body"), attributes),
            sentMs ?? _nowMs,
            new SqsReceipt(handle, others))
        {
            IsRedelivered = isRedelivered,
            OrderGroup = messageGroup,
        };
    }

    private void RequireSource()
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.String || !_json.ValueTextEquals("aws:sqs"u8))
        {
            throw new JsonException($"a record is of the source \"{_json.GetString()}\", not aws:sqs");
        }
    }

    private (long? SentMs, bool IsRedelivered, string? MessageGroup) ReadSystemAttributes()
    {
        long? sentMs = null;
        long receives = 0;
        string? messageGroup = null;
        ReadObject("a record's attributes are not an object");
        while (ReadName())
        {
            if (_json.ValueTextEquals("SentTimestamp"u8))
            {
                sentMs = ReadNumber("a record's SentTimestamp is not a string");
            }
            else if (_json.ValueTextEquals("ApproximateReceiveCount"u8))
            {
                receives = ReadNumber("a record's ApproximateReceiveCount is not a string") ?? 0;
            }
            else if (_json.ValueTextEquals("MessageGroupId"u8))
            {
                _json.Read();
                messageGroup = _json.GetString();
            }
            else
            {
                _json.Skip();
            }
        }

        return (sentMs, receives > 1, messageGroup);
    }

    private long? ReadNumber(string otherwise)
    {
        _json.Read();
        Require(_json.TokenType == JsonTokenType.String, otherwise);
        return long.TryParse(_json.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    // The others are more than text.
    private (Dictionary<string, string> Text, Dictionary<string, MessageAttributeValue> Others) ReadAttributes()
    {
        var text = SqsEventMessage.NoAttributes;
        Dictionary<string, MessageAttributeValue>? others = null;
        ReadObject("a record's messageAttributes are not an object");
        for (var place = 0; ReadName(); place = Math.Min(place + 1, _names.Length - 1))
        {
            var name = GetText(ref _names[place])!;
            _json.Read();
            if (_json.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException($"message attribute {name} is not an object");
            }

            var value = ReadAttribute(ref _values[place], out var other);
            if (value is not null)
            {
                text = text.Count > 0 ? text : new Dictionary<string, string>(_names.Length, StringComparer.Ordinal);
                text[name] = value;
            }

            if (other is not null)
            {
                (others ??= new Dictionary<string, MessageAttributeValue>(StringComparer.Ordinal))[name] = other;
            }
        }

        return (text, others ?? SqsEventMessage.NoOthers);
    }

    // Returns the text of an attribute that has one. An attribute of another type than String is given as a whole, too.
    private string? ReadAttribute(ref string? known, out MessageAttributeValue? other)
    {
        string? text = null;
        string? type = null;
        MemoryStream? binary = null;
        while (ReadName())
        {
            if (_json.ValueTextEquals("dataType"u8))
            {
                _json.Read();
                type = OutgoingMessage.StringType;
                GetText(ref type);
            }
            else if (_json.ValueTextEquals("stringValue"u8))
            {
                _json.Read();
                text = GetText(ref known);
            }
            else if (_json.ValueTextEquals("binaryValue"u8))
            {
                _json.Read();
                binary = _json.TokenType == JsonTokenType.Null ? null : new MemoryStream(_json.GetBytesFromBase64());
            }
            else
            {
                // stringListValues and binaryListValues: reserved by SQS for later use.
                _json.Skip();
            }
        }

        other = type == OutgoingMessage.StringType && text is not null
            ? null
            : new MessageAttributeValue { DataType = type, StringValue = text, BinaryValue = binary };
        return text;
    }

    // Returns the string that the reader is at. When it equals the known one, that is returned; otherwise it becomes the known one.
    private readonly string? GetText(ref string? known) =>
        known is not null && _json.TokenType != JsonTokenType.Null && _json.ValueTextEquals(known) ? known : known = _json.GetString();

    // A base64 body has no escapes and is used in place. JSON inside JSON is escaped.
    private ReadOnlyMemory<byte> ReadText(string otherwise)
    {
        _json.Read();
        Require(_json.TokenType == JsonTokenType.String, otherwise);
        var length = _json.ValueSpan.Length;
        if (!_json.ValueIsEscaped)
        {
            return _event.Slice((int)_json.TokenStartIndex + 1, length);
        }

        // The buffer is as large as the rest of the event, so all further bodies fit into it and it does not grow.
        var free = _bodies.GetMemory(_event.Length - (int)_json.TokenStartIndex);
        var written = _json.CopyString(free.Span);
        _bodies.Advance(written);
        return free[..written];
    }

    private bool ReadName() => _json.Read() && _json.TokenType == JsonTokenType.PropertyName;

    private void ReadObject(string otherwise)
    {
        _json.Read();
        Require(_json.TokenType == JsonTokenType.StartObject, otherwise);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new JsonException(otherwise);
        }
    }
}
