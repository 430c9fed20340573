using Amazon.SQS.Model;

namespace PushGateway.Aws.Sqs;

/// <summary>SQS's answer to a batch call.</summary>
/// <param name="Done">The ids of the entries that it processed.</param>
/// <param name="Failed">The errors of others.</param>
/// <param name="Cause">Why a call failed that the entries were made by, after those that are done. The others are not tried again.</param>
internal readonly record struct BatchAnswer(IEnumerable<string>? Done, IReadOnlyList<BatchResultErrorEntry>? Failed, Exception? Cause = null);
