using System.Globalization;
using Amazon.SQS.Model;
using PushGateway.Aws.Sqs;
using PushGateway.Queue;

namespace PushGateway.Aws.Lambda.Events;

/// <summary>A message of an SQS event, as one that was received from the queue.</summary>
public static class SqsEventMessage
{
    /// <param name="id">The message's id.</param>
    /// <param name="body">Its body, UTF-8.</param>
    /// <param name="attributes">Its attributes; those of text mean something to the gateway.</param>
    /// <param name="receiptHandle">The receipt; on Lambda nobody needs it.</param>
    /// <param name="sentTimestamp">When SQS took the message, milliseconds since the Unix epoch.</param>
    /// <param name="nowMs">Stands in where SQS does not say so.</param>
    public static ReceivedMessage Create(
        string id,
        ReadOnlyMemory<byte> body,
        IReadOnlyDictionary<string, MessageAttributeValue> attributes,
        string? receiptHandle,
        string? sentTimestamp,
        long nowMs)
    {
        var text = new Dictionary<string, string>(attributes.Count, StringComparer.Ordinal);
        foreach (var (name, value) in attributes)
        {
            if (value.StringValue is { } written)
            {
                text.Add(name, written);
            }
        }

        return new ReceivedMessage(
            id,
            new QueueMessage(body, text),
            long.TryParse(sentTimestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var sentMs) ? sentMs : nowMs,
            new SqsReceipt(receiptHandle ?? "", attributes));
    }
}
