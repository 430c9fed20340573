using System.Net;
using Amazon.Runtime;
using Amazon.SQS.Model;
using PushGateway.Queue;

namespace PushGateway.Aws.Sqs;

/// <summary>Turns a failure of SQS into an exception whose message is one sentence.</summary>
internal static class SqsFailure
{
    /// <inheritdoc cref="AwsFailure.IsFailure"/>
    public static bool IsFailure(Exception exception, CancellationToken cancellationToken) => AwsFailure.IsFailure(exception, cancellationToken);

    public static QueueUnavailableException Wrap(Exception exception, SqsQueueUrl queue) => new(
        exception switch
        {
            QueueDoesNotExistException e => $"SQS queue {queue.Name} does not exist ({e.ErrorCode}).",
            AmazonServiceException { ErrorCode: { Length: > 0 } code } e => e.StatusCode switch
            {
                HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => $"SQS refuses access to queue {queue.Name} ({code}): {e.Message}",
                _ when IsThrottling(e) => $"SQS throttles queue {queue.Name} ({code}): {e.Message}",
                _ => $"SQS failed for queue {queue.Name} ({code}): {e.Message}",
            },
            OperationCanceledException or TimeoutException => $"SQS did not answer in time for queue {queue.Name}.",
            AmazonClientException => $"SQS cannot be called for queue {queue.Name}: {exception.Message}",
            HttpRequestException or IOException => $"SQS cannot be reached for queue {queue.Name}: {exception.Message}",
            _ => $"SQS failed for queue {queue.Name} ({exception.GetType().Name}): {exception.Message}",
        },
        exception);

    /// <summary>One exception for all failed entries of batch calls. At least one entry must have failed.</summary>
    public static QueueUnavailableException Wrap<T>(IReadOnlyList<BatchFailure<T>> failures, int total, SqsQueueUrl queue) => failures[0] switch
    {
        { Cause: { } cause } => Wrap(cause, queue),
        { Error: var error } => new QueueUnavailableException(
            $"SQS failed {failures.Count} of {total} messages for queue {queue.Name} ({error?.Code ?? "no answer"}): {error?.Message}"),
    };

    /// <summary>Whether the queue does not take an entry because of its size, or that of another entry of the same call.</summary>
    public static bool IsTooLong<T>(BatchFailure<T> failure)
    {
        var cause = failure.Cause as AmazonServiceException;
        return cause is BatchRequestTooLongException
            || (IsOf(failure.Error?.Code ?? cause?.ErrorCode, "InvalidParameterValue")
                && IsOf(failure.Error?.Message ?? cause?.Message, "must be shorter than"));

        static bool IsOf(string? text, string part) => text?.Contains(part, StringComparison.Ordinal) is true;
    }

    private static bool IsThrottling(AmazonServiceException e) =>
        e is RequestThrottledException or KmsThrottledException or OverLimitException
        || e.StatusCode == HttpStatusCode.TooManyRequests
        || e.ErrorCode.Contains("Throttl", StringComparison.OrdinalIgnoreCase);
}
