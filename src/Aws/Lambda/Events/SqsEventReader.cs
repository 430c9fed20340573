using System.Text.Json;
using Amazon.SQS.Model;
using PushGateway.Queue;

namespace PushGateway.Aws.Lambda.Events;

/// <summary>
/// Reads SQS events. They are read whole or not at all: of a record that cannot be named in the answer it could not be said that it failed.
/// </summary>
internal ref struct SqsEventReader
{
    // Of unescaped bodies; an event is at most 6 MB.
    private const int SlabBytes = 64 * 1024;

    private readonly ReadOnlyMemory<byte> _event;
    private readonly long _nowMs;
    private Utf8JsonReader _json;
    private Memory<byte> _slab;

    private SqsEventReader(ReadOnlyMemory<byte> json, long nowMs)
    {
        _event = json;
        _nowMs = nowMs;
        _json = new Utf8JsonReader(json.Span);
    }

    /// <summary>Reads the messages; their bodies may share <paramref name="json"/>.</summary>
    /// <param name="json">The event.</param>
    /// <param name="nowMs">The time for a record that says none, milliseconds since the Unix epoch.</param>
    /// <exception cref="InvocationException">The event is not of SQS, or a record lacks what every message has.</exception>
    public static List<ReceivedMessage> Read(ReadOnlyMemory<byte> json, long nowMs)
    {
        if (CommonSqsEventReader.TryRead(json, nowMs, out var messages))
        {
            return messages;
        }

        try
        {
            return new SqsEventReader(json, nowMs).ReadEvent();
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
                // stringListValues and binaryListValues: SQS has them for later.
                _json.Skip();
            }
        }

        return value;
    }

    // A body of base64 stands in the event as it is; JSON in JSON is escaped.
    private ReadOnlyMemory<byte> ReadBody()
    {
        _json.Read();
        Require(_json.TokenType == JsonTokenType.String, "a record's body is not a string");
        var length = _json.ValueSpan.Length;
        if (!_json.ValueIsEscaped)
        {
            return _event.Slice((int)_json.TokenStartIndex + 1, length);
        }

        if (_slab.Length < length)
        {
            _slab = new byte[Math.Max(SlabBytes, length)];
        }

        var body = _slab[.._json.CopyString(_slab.Span)];
        _slab = _slab[body.Length..];
        return body;
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
