using System.Globalization;
using System.Text;
using Amazon.SQS.Model;
using PushGateway.Aws.Sqs;
using PushGateway.Queue;

namespace PushGateway.Aws.Lambda.Events;

/// <summary>Creates a <see cref="ReceivedMessage"/> from a message of an SQS event.</summary>
public static class SqsEventMessage
{
    private static readonly Dictionary<string, string> NoAttributes = [];

    // On Lambda the event source deletes the messages, so nobody needs a receipt.
    private static readonly SqsReceipt NoReceipt = new("", new Dictionary<string, MessageAttributeValue>());

    /// <param name="id">The message's id, UTF-8. Valid for as long as the body.</param>
    /// <param name="body">Its body, UTF-8.</param>
    /// <param name="sentMs">When SQS received the message, milliseconds since the Unix epoch.</param>
    internal static ReceivedMessage Create(ReadOnlyMemory<byte> id, ReadOnlyMemory<byte> body, long sentMs) =>
        new(id, new QueueMessage(body, NoAttributes), sentMs, NoReceipt);

    /// <param name="id">The message's id.</param>
    /// <param name="body">Its body.</param>
    /// <param name="attributes">Its attributes, or null. The gateway reads only those with a text value.</param>
    /// <param name="sentTimestamp">The attribute <c>SentTimestamp</c>.</param>
    /// <param name="time">The clock, for a message without that attribute.</param>
    public static ReceivedMessage Create(
        string id, string body, IReadOnlyDictionary<string, MessageAttributeValue>? attributes, string? sentTimestamp, TimeProvider time) =>
        Create(id, Encoding.UTF8.GetBytes(body), attributes, ParseSentTimestamp(sentTimestamp) ?? time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <param name="id">The message's id.</param>
    /// <param name="body">Its body, UTF-8.</param>
    /// <param name="attributes">Its attributes, or null. The gateway reads only those with a text value.</param>
    /// <param name="sentMs">When SQS received the message, milliseconds since the Unix epoch.</param>
    internal static ReceivedMessage Create(
        string id, ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, MessageAttributeValue>? attributes, long sentMs)
    {
        if (attributes is null or { Count: 0 })
        {
            return new ReceivedMessage(id, new QueueMessage(body, NoAttributes), sentMs, NoReceipt);
        }

        var text = new Dictionary<string, string>(attributes.Count, StringComparer.Ordinal);
        foreach (var (name, value) in attributes)
        {
            if (value.StringValue is { } written)
            {
                text.Add(name, written);
            }
        }

        return new ReceivedMessage(id, new QueueMessage(body, text), sentMs, new SqsReceipt("", attributes));
    }

    /// <summary>Reads the value of the attribute <c>SentTimestamp</c>; null when it is not a number.</summary>
    internal static long? ParseSentTimestamp(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sentMs) ? sentMs : null;
}
