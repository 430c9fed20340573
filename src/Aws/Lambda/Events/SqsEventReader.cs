using System.Text;
using System.Text.Json;
using Amazon.SQS.Model;
using PushGateway.Queue;

namespace PushGateway.Aws.Lambda.Events;

/// <summary>
/// Reads SQS events. They are read whole or not at all: of a record that cannot be named in the answer it could not be said that it failed.
/// </summary>
internal static class SqsEventReader
{
    /// <summary>Reads the messages; their bodies may share <paramref name="json"/>.</summary>
    /// <param name="json">The event.</param>
    /// <param name="nowMs">The time for a record that says none, milliseconds since the Unix epoch.</param>
    /// <exception cref="InvocationException">The event is not of SQS, or a record lacks what every message has.</exception>
    public static List<ReceivedMessage> Read(ReadOnlyMemory<byte> json, long nowMs)
    {
        try
        {
            return ReadEvent(json, nowMs);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw InvocationException.Invalid($"The event is not a batch of SQS messages: {exception.Message}", exception);
        }
    }

    private static List<ReceivedMessage> ReadEvent(ReadOnlyMemory<byte> json, long nowMs)
    {
        var messages = new List<ReceivedMessage>();
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRecords = reader.ValueTextEquals("Records"u8);
            reader.Read();
            if (!isRecords)
            {
                reader.Skip();
                continue;
            }

            Require(reader.TokenType == JsonTokenType.StartArray, "Records is not an array");
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Require(reader.TokenType == JsonTokenType.StartObject, "a record is not an object");
                messages.Add(ReadRecord(ref reader, json, nowMs));
            }
        }

        Require(messages.Count > 0, "it has no record");
        return messages;
    }

    private static ReceivedMessage ReadRecord(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, long nowMs)
    {
        string? id = null, receipt = null, source = null, sent = null;
        ReadOnlyMemory<byte>? body = null;
        var attributes = new Dictionary<string, MessageAttributeValue>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("messageId"u8))
            {
                id = Text(ref reader);
            }
            else if (reader.ValueTextEquals("receiptHandle"u8))
            {
                receipt = Text(ref reader);
            }
            else if (reader.ValueTextEquals("eventSource"u8))
            {
                source = Text(ref reader);
            }
            else if (reader.ValueTextEquals("body"u8))
            {
                body = Body(ref reader, json);
            }
            else if (reader.ValueTextEquals("attributes"u8))
            {
                sent = SentTimestamp(ref reader);
            }
            else if (reader.ValueTextEquals("messageAttributes"u8))
            {
                ReadAttributes(ref reader, attributes);
            }
            else
            {
                reader.Skip();
            }
        }

        Require(source == "aws:sqs", $"a record is of the source \"{source}\", not aws:sqs");
        Require(id is { Length: > 0 }, "a record has no messageId");
        return SqsEventMessage.Create(id!, body ?? throw new JsonException($"record {id} has no body"), attributes, receipt, sent, nowMs);
    }

    private static string? SentTimestamp(ref Utf8JsonReader reader)
    {
        string? sent = null;
        reader.Read();
        Require(reader.TokenType == JsonTokenType.StartObject, "a record's attributes are not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("SentTimestamp"u8))
            {
                sent = Text(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return sent;
    }

    private static void ReadAttributes(ref Utf8JsonReader reader, Dictionary<string, MessageAttributeValue> attributes)
    {
        reader.Read();
        Require(reader.TokenType == JsonTokenType.StartObject, "a record's messageAttributes are not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            Require(reader.TokenType == JsonTokenType.StartObject, $"message attribute {name} is not an object");
            attributes[name] = ReadAttribute(ref reader);
        }
    }

    private static MessageAttributeValue ReadAttribute(ref Utf8JsonReader reader)
    {
        var value = new MessageAttributeValue();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dataType"u8))
            {
                value.DataType = Text(ref reader);
            }
            else if (reader.ValueTextEquals("stringValue"u8))
            {
                value.StringValue = Text(ref reader);
            }
            else if (reader.ValueTextEquals("binaryValue"u8))
            {
                reader.Read();
                value.BinaryValue = reader.TokenType == JsonTokenType.Null ? null : new MemoryStream(reader.GetBytesFromBase64());
            }
            else
            {
                // stringListValues and binaryListValues: SQS has them for later.
                reader.Skip();
            }
        }

        return value;
    }

    // Most bodies are base64 and stand in the event as they are.
    private static ReadOnlyMemory<byte> Body(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        reader.Read();
        Require(reader.TokenType == JsonTokenType.String, "a record's body is not a string");
        return reader.ValueIsEscaped
            ? Encoding.UTF8.GetBytes(reader.GetString()!)
            : json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new JsonException(otherwise);
        }
    }
}
