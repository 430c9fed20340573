using Amazon.SQS.Model;

namespace PushGateway.Aws.Sqs;

/// <summary>What the queue must know of a message that it handed out.</summary>
/// <param name="Handle">The receipt handle.</param>
/// <param name="Attributes">
/// The attributes as they came, because a dead letter keeps them all. Those of the type String may be missing here: the message has them.
/// </param>
internal sealed record SqsReceipt(string Handle, IReadOnlyDictionary<string, MessageAttributeValue> Attributes);
