using System.Text;
using Amazon.SQS.Model;

namespace PushGateway.Aws.Sqs;

/// <summary>What the queue must know of a message that it handed out.</summary>
/// <param name="handle">The receipt handle, UTF-8. Must stay valid for as long as the message's body. Few are used.</param>
/// <param name="attributes">As <see cref="Attributes"/>.</param>
internal sealed class SqsReceipt(ReadOnlyMemory<byte> handle, IReadOnlyDictionary<string, MessageAttributeValue> attributes)
{
    /// <param name="handle">As <see cref="Handle"/>.</param>
    /// <param name="attributes">As <see cref="Attributes"/>.</param>
    public SqsReceipt(string handle, IReadOnlyDictionary<string, MessageAttributeValue> attributes)
        : this(default(ReadOnlyMemory<byte>), attributes) => Handle = handle;

    /// <summary>The receipt handle; empty when the message came without one.</summary>
    public string Handle => field ??= Encoding.UTF8.GetString(handle.Span);

    /// <summary>
    /// The attributes as they came, because a dead letter keeps them all. Those of the type String may be missing here: the message has them.
    /// </summary>
    public IReadOnlyDictionary<string, MessageAttributeValue> Attributes => attributes;
}
