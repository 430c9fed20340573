using System.Text.Json;
using Amazon.SQS.Model;
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
    private Utf8JsonReader _json;

    private SqsEventReader(ReadOnlyMemory<byte> json, PooledBuffer bodies, long nowMs)
    {
        _event = json;
        _bodies = bodies;
        _nowMs = nowMs;
        _json = new Utf8JsonReader(json.Span);
    }

    /// <summary>Reads the messages.</summary>
    /// <param name="json">The event. Bodies without escapes are slices of it.</param>
    /// <param name="bodies">An empty buffer. Bodies with escapes are unescaped into it.</param>
    /// <param name="nowMs">The time for a record without a time, milliseconds since the Unix epoch.</param>
    /// <exception cref="InvocationException">The event is not from SQS, or a record lacks a member that every message has.</exception>
    public static List<ReceivedMessage> Read(ReadOnlyMemory<byte> json, PooledBuffer bodies, long nowMs)
    {
        if (CommonSqsEventReader.TryRead(json, bodies, nowMs, out var messages))
        {
            return messages;
        }

        bodies.Reset();
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
        string? id = null;
        ReadOnlyMemory<byte>? body = null;
        Dictionary<string, MessageAttributeValue>? attributes = null;
        long? sentMs = null;
        var isOfSqs = false;
        while (ReadName())
        {
            if (_json.ValueTextEquals("body"u8))
            {
                body = ReadBody();
            }
            else if (_json.ValueTextEquals("messageId"u8))
            {
                id = ReadText();
            }
            else if (_json.ValueTextEquals("attributes"u8))
            {
                sentMs = ReadSentTimestamp();
            }
            else if (_json.ValueTextEquals("messageAttributes"u8))
            {
                attributes = ReadAttributes();
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
        Require(id is { Length: > 0 }, "a record has no messageId");
        return SqsEventMessage.Create(id!, body ?? throw new JsonException($"record {id} has no body"), attributes, sentMs ?? _nowMs);
    }

    private void RequireSource()
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.String || !_json.ValueTextEquals("aws:sqs"u8))
        {
            throw new JsonException($"a record is of the source \"{_json.GetString()}\", not aws:sqs");
        }
    }

    private long? ReadSentTimestamp()
    {
        long? sentMs = null;
        _json.Read();
        Require(_json.TokenType == JsonTokenType.StartObject, "a record's attributes are not an object");
        while (ReadName())
        {
            if (_json.ValueTextEquals("SentTimestamp"u8))
            {
                sentMs = SqsEventMessage.ParseSentTimestamp(ReadText());
            }
            else
            {
                _json.Skip();
            }
        }

        return sentMs;
    }

    private Dictionary<string, MessageAttributeValue>? ReadAttributes()
    {
        Dictionary<string, MessageAttributeValue>? attributes = null;
        _json.Read();
        Require(_json.TokenType == JsonTokenType.StartObject, "a record's messageAttributes are not an object");
        while (ReadName())
        {
            var name = _json.GetString()!;
            _json.Read();
            Require(_json.TokenType == JsonTokenType.StartObject, $"message attribute {name} is not an object");
            attributes ??= new Dictionary<string, MessageAttributeValue>(StringComparer.Ordinal);
            attributes[name] = ReadAttribute();
        }

        return attributes;
    }

    private MessageAttributeValue ReadAttribute()
    {
        var value = new MessageAttributeValue();
        while (ReadName())
        {
            if (_json.ValueTextEquals("dataType"u8))
            {
                value.DataType = ReadText();
            }
            else if (_json.ValueTextEquals("stringValue"u8))
            {
                value.StringValue = ReadText();
            }
            else if (_json.ValueTextEquals("binaryValue"u8))
            {
                _json.Read();
                value.BinaryValue = _json.TokenType == JsonTokenType.Null ? null : new MemoryStream(_json.GetBytesFromBase64());
            }
            else
            {
                // stringListValues and binaryListValues: reserved by SQS for later use.
                _json.Skip();
            }
        }

        return value;
    }

    // A base64 body has no escapes and is used in place. JSON inside JSON is escaped.
    private ReadOnlyMemory<byte> ReadBody()
    {
        _json.Read();
        Require(_json.TokenType == JsonTokenType.String, "a record's body is not a string");
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

    private string? ReadText()
    {
        _json.Read();
        return _json.GetString();
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new JsonException(otherwise);
        }
    }
}
