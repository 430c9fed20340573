using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Amazon.SQS.Model;
using PushGateway.Queue;

namespace PushGateway.Aws.Sqs;

/// <summary>A message to send. Its size is measured as SQS measures it.</summary>
internal sealed class OutgoingMessage
{
    public const string StringType = "String";

    /// <summary>Most attributes of a message (SQS quota).</summary>
    public const int MaxAttributes = 10;

    /// <summary>Longest message group id (SQS API reference, <c>SendMessage</c>, <c>MessageGroupId</c>).</summary>
    private const int MaxGroupIdLength = 128;

    /// <summary>Letters, digits and ASCII punctuation marks: every printable ASCII character except the space.</summary>
    private static readonly SearchValues<char> GroupIdCharacters =
        SearchValues.Create(string.Create('~' - '!' + 1, 0, static (chars, _) =>
        {
            for (var i = 0; i < chars.Length; i++)
            {
                chars[i] = (char)('!' + i);
            }
        }));

    public OutgoingMessage(string body, Dictionary<string, MessageAttributeValue> attributes, string uniqueId)
    {
        Body = body;
        Attributes = attributes;
        DeduplicationId = uniqueId;
        Bytes = Measure(body, attributes);
    }

    public string Body { get; }

    public Dictionary<string, MessageAttributeValue> Attributes { get; }

    public int Bytes { get; }

    /// <summary>
    /// On a FIFO queue: identifies the message, so that a call that is repeated after a lost answer stores it once. It is never made from
    /// the content, because the same value pushed a minute later is another push.
    /// </summary>
    public string DeduplicationId { get; }

    /// <summary>
    /// On a FIFO queue: the push's group, so that the pushes to one group stay in order. A push without a group is a message group of its
    /// own. SQS hands out no message of a message group while another one of it is in flight. With one message group for all pushes without
    /// a group, one failing message would hold up all of them.
    /// </summary>
    public string GroupId => Attributes.GetValueOrDefault(MessageAttribute.Group)?.StringValue is { Length: > 0 } group
        ? ToGroupId(group)
        : DeduplicationId;

    /// <exception cref="ArgumentException">SQS would refuse the message.</exception>
    public static OutgoingMessage From(QueueMessage message, int maxBytes)
    {
        if (message.Attributes.Count > MaxAttributes)
        {
            throw new ArgumentException($"A message with {message.Attributes.Count} attributes has more than {MaxAttributes}.", nameof(message));
        }

        var attributes = new Dictionary<string, MessageAttributeValue>(message.Attributes.Count, StringComparer.Ordinal);
        foreach (var (name, value) in message.Attributes)
        {
            attributes.Add(name, new MessageAttributeValue { DataType = StringType, StringValue = value });
        }

        var outgoing = new OutgoingMessage(SqsText.Decode(message.Body.Span), attributes, Guid.NewGuid().ToString("N"));
        return outgoing.Bytes <= maxBytes
            ? outgoing
            : throw new ArgumentException($"A message of {outgoing.Bytes} bytes is larger than {maxBytes}.", nameof(message));
    }

    /// <summary>The size that counts against SQS's limits: the body, and the name, type and value of every attribute.</summary>
    public static int Measure(string body, IReadOnlyDictionary<string, MessageAttributeValue> attributes)
    {
        var bytes = Encoding.UTF8.GetByteCount(body);
        foreach (var (name, value) in attributes)
        {
            bytes += Measure(name, value);
        }

        return bytes;
    }

    public static int Measure(string name, MessageAttributeValue value) =>
        Encoding.UTF8.GetByteCount(name)
        + Encoding.UTF8.GetByteCount(value.DataType)
        + (value.StringValue is { } text ? Encoding.UTF8.GetByteCount(text) : (int)(value.BinaryValue?.Length ?? 0));

    private static string ToGroupId(string group) =>
        group.Length <= MaxGroupIdLength && !group.AsSpan().ContainsAnyExcept(GroupIdCharacters)
            ? group
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(group)));
}
