using Amazon.SQS.Model;

namespace PushGateway.Aws.Sqs;

/// <summary>SQS's answer to a batch call: the ids of the entries that it carried out, and the others with their errors.</summary>
internal readonly record struct BatchAnswer(IEnumerable<string>? Done, IReadOnlyList<BatchResultErrorEntry>? Failed);
