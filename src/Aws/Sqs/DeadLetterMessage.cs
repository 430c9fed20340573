using System.Globalization;
using System.Text;
using Amazon.SQS.Model;
using PushGateway.Queue;

namespace PushGateway.Aws.Sqs;

/// <summary>
/// Builds the message for the dead-letter queue: the original body and attributes, the reason, and the time of the push. The message can be
/// sent back unchanged once the cause is mended.
/// </summary>
internal static class DeadLetterMessage
{
    /// <summary>Longest reason in bytes. That is enough for a sentence and an excerpt, and small beside a message.</summary>
    public const int MaxReasonBytes = 1024;

    /// <param name="letter">The letter.</param>
    /// <param name="receipt">The receipt of the letter's message.</param>
    /// <param name="maxBytes">
    /// A size that the dead-letter queue certainly takes. When the message itself is larger, its own size is the limit, because the source
    /// queue took it.
    /// </param>
    public static OutgoingMessage From(DeadLetter letter, SqsReceipt receipt, int maxBytes)
    {
        var body = SqsText.Decode(letter.Message.Message.Body.Span);
        var attributes = new Dictionary<string, MessageAttributeValue>(receipt.Attributes, StringComparer.Ordinal);
        foreach (var (name, value) in letter.Message.Message.Attributes)
        {
            attributes.TryAdd(name, Text(value));
        }

        var room = Math.Max(maxBytes, OutgoingMessage.Measure(body, attributes));

        // A message that was sent back from the dead-letter queue brings its old reason along.
        attributes.Remove(MessageAttribute.DeadLetterReason);
        room -= OutgoingMessage.Measure(body, attributes);
        room = AddReason(attributes, letter, room);

        // Without the time, a message that is sent back later would count as pushed at that later time.
        var time = Text((letter.Message.SentMs * 1_000_000).ToString(CultureInfo.InvariantCulture));
        if (attributes.Count < OutgoingMessage.MaxAttributes && room >= OutgoingMessage.Measure(MessageAttribute.Time, time))
        {
            attributes.TryAdd(MessageAttribute.Time, time);
        }

        // The id is that of the message, not of this attempt, so a FIFO queue stores a letter that is sent twice only once. A message that
        // is sent back from the dead-letter queue gets a new id, so it can be dead-lettered again.
        return new OutgoingMessage(body, attributes, letter.Message.Id);
    }

    /// <summary>
    /// Adds the reason, cut to the room that is left; its code is cut last. Attributes that the gateway does not know are removed to make
    /// room, the last in ordinal order first, and then the trace context. When there is still no room, the letter has no reason.
    /// </summary>
    /// <returns>The bytes that are left.</returns>
    private static int AddReason(Dictionary<string, MessageAttributeValue> attributes, DeadLetter letter, int room)
    {
        var empty = OutgoingMessage.Measure(MessageAttribute.DeadLetterReason, Text(""));
        var needed = empty + Encoding.UTF8.GetByteCount(letter.Reason.Code);
        while ((attributes.Count == OutgoingMessage.MaxAttributes || room < needed)
            && (attributes.Keys.Where(IsForeign).Max(StringComparer.Ordinal) ?? attributes.Keys.FirstOrDefault(IsTrace)) is { } name)
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

    /// <summary>
    /// Whether nobody needs the attribute to deliver the message. Of the gateway's own, a message has as many as SQS allows at most.
    /// </summary>
    private static bool IsForeign(string name) => name is not (MessageAttribute.ContentType
        or MessageAttribute.ContentEncoding
        or MessageAttribute.ContentTransferEncoding
        or MessageAttribute.Operation
        or MessageAttribute.Group
        or MessageAttribute.Selector
        or MessageAttribute.TimeToLive
        or MessageAttribute.Part
        or MessageAttribute.Time
        or MessageAttribute.Version
        or MessageAttribute.TraceParent);

    private static bool IsTrace(string name) => name == MessageAttribute.TraceParent;

    private static MessageAttributeValue Text(string value) => new() { DataType = OutgoingMessage.StringType, StringValue = value };
}
