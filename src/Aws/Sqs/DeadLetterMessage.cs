using System.Globalization;
using System.Text;
using Amazon.SQS.Model;
using PushGateway.Queue;

namespace PushGateway.Aws.Sqs;

/// <summary>
/// Writes the message that goes to the dead-letter queue: body and attributes as they came, the reason, and the time of
/// the push, so that the message can be sent back as it is once the cause is mended.
/// </summary>
internal static class DeadLetterMessage
{
    /// <summary>Longest reason in bytes: enough for a sentence and an excerpt, small beside a message.</summary>
    public const int MaxReasonBytes = 1024;

    /// <param name="letter">The letter.</param>
    /// <param name="receipt">The receipt of its message.</param>
    /// <param name="maxBytes">
    /// The size that the dead-letter queue takes for certain. A larger message was taken by the source queue, so its own size then is the limit.
    /// </param>
    public static OutgoingMessage From(DeadLetter letter, SqsReceipt receipt, int maxBytes)
    {
        var body = SqsText.Decode(letter.Message.Message.Body.Span);
        var attributes = new Dictionary<string, MessageAttributeValue>(receipt.Attributes, StringComparer.Ordinal);
        var room = Math.Max(maxBytes, OutgoingMessage.Measure(body, attributes));

        // A message that was sent back from the dead-letter queue brings its old reason along.
        attributes.Remove(MessageAttribute.DeadLetterReason);
        room -= OutgoingMessage.Measure(body, attributes);
        room = AddReason(attributes, letter, room);

        // Without it, a message sent back later would count as pushed then.
        var time = Text((letter.Message.SentMs * 1_000_000).ToString(CultureInfo.InvariantCulture));
        if (attributes.Count < OutgoingMessage.MaxAttributes && room >= OutgoingMessage.Measure(MessageAttribute.Time, time))
        {
            attributes.TryAdd(MessageAttribute.Time, time);
        }

        // The id of the message, not of this attempt: on a FIFO queue a letter sent twice arrives once. A message sent back
        // from the dead-letter queue comes with a new id, so it can die again.
        return new OutgoingMessage(body, attributes, letter.Message.Id);
    }

    /// <summary>
    /// Adds the reason, cut to what fits; the code goes last. Attributes that the gateway does not know give way to it, the
    /// last in ordinal order first. When there is no room even so, the letter goes without.
    /// </summary>
    /// <returns>The bytes that are left.</returns>
    private static int AddReason(Dictionary<string, MessageAttributeValue> attributes, DeadLetter letter, int room)
    {
        var empty = OutgoingMessage.Measure(MessageAttribute.DeadLetterReason, Text(""));
        var needed = empty + Encoding.UTF8.GetByteCount(letter.Reason.Code);
        while ((attributes.Count == OutgoingMessage.MaxAttributes || room < needed)
            && attributes.Keys.Where(IsForeign).Max(StringComparer.Ordinal) is { } name)
        {
            room += OutgoingMessage.Measure(name, attributes[name]);
            attributes.Remove(name);
        }

        if (room < needed)
        {
            return room;
        }

        var reason = Text(SqsText.Clean($"{letter.Reason.Code}: {letter.Reason.Detail}", Math.Min(room - empty, MaxReasonBytes)));
        attributes.Add(MessageAttribute.DeadLetterReason, reason);
        return room - OutgoingMessage.Measure(MessageAttribute.DeadLetterReason, reason);
    }

    /// <summary>An attribute that no one needs to deliver the message; our own are fewer than SQS allows.</summary>
    private static bool IsForeign(string name) => name is not (MessageAttribute.ContentType
        or MessageAttribute.ContentEncoding
        or MessageAttribute.ContentTransferEncoding
        or MessageAttribute.Operation
        or MessageAttribute.Group
        or MessageAttribute.Selector
        or MessageAttribute.TimeToLive
        or MessageAttribute.Time
        or MessageAttribute.Version
        or MessageAttribute.TraceParent);

    private static MessageAttributeValue Text(string value) => new() { DataType = OutgoingMessage.StringType, StringValue = value };
}
