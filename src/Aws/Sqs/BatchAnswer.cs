using Amazon.SQS.Model;

namespace PushGateway.Aws.Sqs;

/// <summary>SQS's answer to a batch call: the ids of the entries that it processed, and the errors of the others.</summary>
internal readonly record struct BatchAnswer(IEnumerable<string>? Done, IReadOnlyList<BatchResultErrorEntry>? Failed);
