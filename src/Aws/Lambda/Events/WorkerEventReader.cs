using System.Text;
using System.Text.Json;
using PushGateway.Queue;

namespace PushGateway.Aws.Lambda.Events;

/// <summary>Recognises the kind of an event of the worker function, and reads events that hold a push directly.</summary>
internal static class WorkerEventReader
{
    /// <exception cref="InvocationException">The event is not JSON.</exception>
    public static WorkerEventKind KindOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            return reader.TokenType switch
            {
                JsonTokenType.StartArray => WorkerEventKind.Records,
                JsonTokenType.StartObject => KindOf(ref reader),
                _ => WorkerEventKind.Unknown,
            };
        }
        catch (JsonException exception)
        {
            throw InvocationException.Invalid($"The event is not JSON: {exception.Message}", exception);
        }
    }

    // Members that only one kind of event has decide at once. An incomplete record still counts as a record: its parser reports the error
    // better.
    private static WorkerEventKind KindOf(ref Utf8JsonReader reader)
    {
        var kind = WorkerEventKind.Unknown;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("Records"u8))
            {
                return WorkerEventKind.Messages;
            }

            if (reader.ValueTextEquals("dimensions"u8) || reader.ValueTextEquals("metrics"u8))
            {
                return WorkerEventKind.Records;
            }

            if (reader.ValueTextEquals("source"u8))
            {
                reader.Read();
                kind = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("aws.events"u8) ? WorkerEventKind.Schedule : kind;
            }
            else if (reader.ValueTextEquals("body"u8) && kind == WorkerEventKind.Unknown)
            {
                kind = WorkerEventKind.Envelope;
            }

            reader.Skip();
        }

        return kind;
    }

    /// <summary>Reads an event of the form <c>{"body": …, "contentType": …}</c>.</summary>
    /// <exception cref="InvocationException">The event does not have this form.</exception>
    public static QueueMessage ReadEnvelope(ReadOnlySpan<byte> json)
    {
        string? body = null;
        string? contentType = null;
        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("body"u8))
                {
                    reader.Read();
                    body = reader.GetString();
                }
                else if (reader.ValueTextEquals("contentType"u8))
                {
                    reader.Read();
                    contentType = reader.GetString();
                }
                else
                {
                    throw InvocationException.Invalid($"An event with a body has \"body\" and \"contentType\", not \"{reader.GetString()}\".");
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw InvocationException.Invalid($"\"body\" and \"contentType\" must be strings: {exception.Message}", exception);
        }

        var attributes = new Dictionary<string, string>();
        if (contentType is not null)
        {
            attributes.Add(MessageAttribute.ContentType, contentType);
        }

        return new QueueMessage(Encoding.UTF8.GetBytes(body ?? throw InvocationException.Invalid("\"body\" must be a string.")), attributes);
    }
}
