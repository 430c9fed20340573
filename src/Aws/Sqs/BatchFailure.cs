using Amazon.SQS.Model;

namespace PushGateway.Aws.Sqs;

/// <summary>An entry that SQS did not carry out.</summary>
/// <param name="Item">The entry.</param>
/// <param name="Error">SQS's error for it; null when the whole call failed or nothing was said of it.</param>
/// <param name="Cause">Why the whole call failed.</param>
internal sealed record BatchFailure<T>(T Item, BatchResultErrorEntry? Error, Exception? Cause);
