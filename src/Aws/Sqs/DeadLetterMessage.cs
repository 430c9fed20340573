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

    private const string Truncated = "truncated";

    /// <param name="letter">The letter.</param>
    /// <param name="receipt">The receipt of the letter's message.</param>
    /// <param name="maxBytes">
    /// A size that the dead-letter queue certainly takes. When the message itself is larger, its own size is the limit, because the source
    /// queue took it.
    /// </param>
    public static OutgoingMessage From(DeadLetter letter, SqsReceipt receipt, int maxBytes)
    {
        var body = SqsText.Decode(letter.Message.Message.Body.Span);
        var attributes = ReadAttributes(letter, receipt);
        var room = Math.Max(maxBytes, OutgoingMessage.Measure(body, attributes));

        // A message that was sent back from the dead-letter queue brings its old reason along.
        attributes.Remove(MessageAttribute.DeadLetterReason);
        room -= OutgoingMessage.Measure(body, attributes);
        room = AddReason(attributes, letter, room);

        // Without the time, a message that is sent back later would count as pushed at that later time.
        var time = TimeOf(letter);
        if (attributes.Count < OutgoingMessage.MaxAttributes && room >= OutgoingMessage.Measure(MessageAttribute.Time, time))
        {
            attributes.TryAdd(MessageAttribute.Time, time);
        }

        // The id is that of the message, not of this attempt, so a FIFO queue stores a letter that is sent twice only once. A message that
        // is sent back from the dead-letter queue gets a new id, so it can be dead-lettered again.
        return new OutgoingMessage(body, attributes, letter.Message.Id);
    }

    /// <summary>
    /// Builds a letter that is no larger than a limit: the beginning of the body, and the gateway's own attributes, as many as have room in
    /// half of it. The reason says that the body was cut. A cut body can still be legal text with other values, so the letter has a
    /// <c>Content-Encoding</c> that nobody reads: sent back, it is refused.
    /// </summary>
    /// <param name="letter">The letter.</param>
    /// <param name="receipt">The receipt of the letter's message.</param>
    /// <param name="maxBytes">The limit, <see cref="SqsQueueOptions.SmallestMessageLimit"/> at least.</param>
    public static OutgoingMessage Cut(DeadLetter letter, SqsReceipt receipt, int maxBytes)
    {
        var body = SqsText.Decode(letter.Message.Message.Body.Span);
        var all = ReadAttributes(letter, receipt);
        all.TryAdd(MessageAttribute.Time, TimeOf(letter));
        all[MessageAttribute.ContentEncoding] = Text(Truncated);
        var attributes = new Dictionary<string, MessageAttributeValue>(StringComparer.Ordinal);
        var room = maxBytes / 2;
        foreach (var (name, value) in all.Where(static attribute => !IsForeign(attribute.Key)).OrderBy(static attribute => attribute.Key, StringComparer.Ordinal))
        {
            if (room >= OutgoingMessage.Measure(name, value))
            {
                room -= OutgoingMessage.Measure(name, value);
                attributes.Add(name, value);
            }
        }

        // The reason with the cut length is no longer than with the whole length.
        var bytes = Encoding.UTF8.GetByteCount(body);
        var maxReasonBytes = Math.Min(maxBytes / 4, MaxReasonBytes);
        attributes.Add(MessageAttribute.DeadLetterReason, Reason(bytes));
        var cut = SqsText.Clean(body, maxBytes - OutgoingMessage.Measure("", attributes));
        attributes[MessageAttribute.DeadLetterReason] = Reason(Encoding.UTF8.GetByteCount(cut));
        return new OutgoingMessage(cut, attributes, letter.Message.Id);

        MessageAttributeValue Reason(int left) => Text(SqsText.Clean(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{letter.Reason.Code}: the body was cut from {bytes} to {left} bytes for the dead-letter queue; {letter.Reason.Detail}"),
            maxReasonBytes));
    }

    private static Dictionary<string, MessageAttributeValue> ReadAttributes(DeadLetter letter, SqsReceipt receipt)
    {
        var attributes = new Dictionary<string, MessageAttributeValue>(receipt.Attributes, StringComparer.Ordinal);
        foreach (var (name, value) in letter.Message.Message.Attributes)
        {
            attributes.TryAdd(name, Text(value));
        }

        return attributes;
    }

    private static MessageAttributeValue TimeOf(DeadLetter letter) =>
        Text((letter.Message.SentMs * 1_000_000).ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// Adds the reason, cut to the room that is left; its code is cut last. Attributes that the gateway does not know are removed to make
    /// room, the last in ordinal order first. When there is still no room, the letter has no reason.
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

    /// <summary>
    /// Whether nobody needs the attribute to deliver the message. A message has at most nine of the others, because none has both a group and
    /// a selector. With the reason they are as many as SQS allows.
    /// </summary>
    private static bool IsForeign(string name) => name is not (MessageAttribute.ContentType
        or MessageAttribute.ContentEncoding
        or MessageAttribute.ContentTransferEncoding
        or MessageAttribute.Operation
        or MessageAttribute.Group
        or MessageAttribute.Selector
        or MessageAttribute.TimeToLive
        or MessageAttribute.Time
        or MessageAttribute.Part
        or MessageAttribute.Version);

    private static MessageAttributeValue Text(string value) => new() { DataType = OutgoingMessage.StringType, StringValue = value };
}
