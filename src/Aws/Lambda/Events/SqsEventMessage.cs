using System.Globalization;
using System.Text;
using Amazon.SQS.Model;
using PushGateway.Aws.Sqs;
using PushGateway.Queue;

namespace PushGateway.Aws.Lambda.Events;

/// <summary>A message of an SQS event, as one that was received from the queue.</summary>
public static class SqsEventMessage
{
    private static readonly Dictionary<string, string> NoAttributes = [];

    // On Lambda nobody needs a message's receipt: the event source deletes it.
    private static readonly SqsReceipt NoReceipt = new("", new Dictionary<string, MessageAttributeValue>());

    /// <param name="id">The message's id, UTF-8, lent for as long as the body.</param>
    /// <param name="body">Its body, UTF-8.</param>
    /// <param name="sentMs">When SQS took the message, milliseconds since the Unix epoch.</param>
    internal static ReceivedMessage Create(ReadOnlyMemory<byte> id, ReadOnlyMemory<byte> body, long sentMs) =>
        new(id, new QueueMessage(body, NoAttributes), sentMs, NoReceipt);

    /// <param name="id">The message's id.</param>
    /// <param name="body">Its body.</param>
    /// <param name="attributes">Its attributes, or null; those of text mean something to the gateway.</param>
    /// <param name="sentTimestamp">The attribute <c>SentTimestamp</c>.</param>
    /// <param name="time">The clock, for a message that does not say when SQS took it.</param>
    public static ReceivedMessage Create(
        string id, string body, IReadOnlyDictionary<string, MessageAttributeValue>? attributes, string? sentTimestamp, TimeProvider time) =>
        Create(id, Encoding.UTF8.GetBytes(body), attributes, ParseSentTimestamp(sentTimestamp) ?? time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <param name="id">The message's id.</param>
    /// <param name="body">Its body, UTF-8.</param>
    /// <param name="attributes">Its attributes, or null; those of text mean something to the gateway.</param>
    /// <param name="sentMs">When SQS took the message, milliseconds since the Unix epoch.</param>
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

    /// <summary>Reads the attribute <c>SentTimestamp</c>; null when it is not a number.</summary>
    internal static long? ParseSentTimestamp(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sentMs) ? sentMs : null;
}
