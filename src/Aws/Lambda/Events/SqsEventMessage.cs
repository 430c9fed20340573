using System.Globalization;
using System.Text;
using Amazon.SQS.Model;
using PushGateway.Aws.Sqs;
using PushGateway.Queue;

namespace PushGateway.Aws.Lambda.Events;

/// <summary>Creates a <see cref="ReceivedMessage"/> from a message of an SQS event that another host has read.</summary>
public static class SqsEventMessage
{
    /// <summary>Of a message without attributes. Nobody may add to it.</summary>
    internal static readonly Dictionary<string, string> NoAttributes = [];

    /// <summary>Of a message without attributes that are more than text. Nobody may add to it.</summary>
    internal static readonly Dictionary<string, MessageAttributeValue> NoOthers = [];

    /// <param name="id">The message's id.</param>
    /// <param name="receiptHandle">Its receipt handle, or null.</param>
    /// <param name="body">Its body.</param>
    /// <param name="attributes">Its attributes, or null. The gateway reads only those with a text value.</param>
    /// <param name="sentTimestamp">The attribute <c>SentTimestamp</c>.</param>
    /// <param name="receiveCount">The attribute <c>ApproximateReceiveCount</c>.</param>
    /// <param name="time">The clock, for a message without a time.</param>
    /// <param name="messageGroup">The attribute <c>MessageGroupId</c>, or null.</param>
    public static ReceivedMessage Create(
        string id,
        string? receiptHandle,
        string body,
        IReadOnlyDictionary<string, MessageAttributeValue>? attributes,
        string? sentTimestamp,
        string? receiveCount,
        TimeProvider time,
        string? messageGroup = null)
    {
        var text = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in attributes ?? NoOthers)
        {
            if (value.StringValue is { } written)
            {
                text.Add(name, written);
            }
        }

        var sentMs = long.TryParse(sentTimestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var sent)
            ? sent
            : time.GetUtcNow().ToUnixTimeMilliseconds();
        var receipt = new SqsReceipt(receiptHandle ?? "", attributes ?? NoOthers);
        return new ReceivedMessage(id, new QueueMessage(Encoding.UTF8.GetBytes(body), text), sentMs, receipt)
        {
            IsRedelivered = int.TryParse(receiveCount, NumberStyles.None, CultureInfo.InvariantCulture, out var receives) && receives > 1,
            OrderGroup = messageGroup,
        };
    }
}
