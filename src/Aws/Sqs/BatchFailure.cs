using Amazon.SQS.Model;

namespace PushGateway.Aws.Sqs;

/// <summary>An entry of a batch call that SQS did not process.</summary>
/// <param name="Item">The entry.</param>
/// <param name="Error">SQS's error for the entry; null when the whole call failed, or when the answer does not name the entry.</param>
/// <param name="Cause">Why the call failed; null when it did not.</param>
internal sealed record BatchFailure<T>(T Item, BatchResultErrorEntry? Error, Exception? Cause);
