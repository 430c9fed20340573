using System.Net;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using PushGateway.Groups;

namespace PushGateway.Aws.DynamoDb;

/// <summary>Turns a failure of DynamoDB into an exception whose message is one sentence.</summary>
internal static class DynamoFailure
{
    public static GroupStoreUnavailableException Wrap(Exception exception, string table) => new(
        exception switch
        {
            ResourceNotFoundException e => $"DynamoDB table {table} or its index does not exist ({e.ErrorCode}).",
            AmazonServiceException { ErrorCode: { Length: > 0 } code } e => e switch
            {
                _ when IsRefusal(e) => $"DynamoDB refuses access to table {table} ({code}): {e.Message}",
                _ when IsThrottling(e) => $"DynamoDB throttles table {table} ({code}): {e.Message}",
                _ => $"DynamoDB failed for table {table} ({code}): {e.Message}",
            },
            OperationCanceledException or TimeoutException => $"DynamoDB did not answer in time for table {table}.",
            AmazonClientException => $"DynamoDB cannot be called for table {table}: {exception.Message}",
            HttpRequestException or IOException => $"DynamoDB cannot be reached for table {table}: {exception.Message}",
            _ => $"DynamoDB failed for table {table} ({exception.GetType().Name}): {exception.Message}",
        },
        exception);

    /// <summary>
    /// Whether calls for other items would fail, too. An answer that refuses one item, because of its size or its content, says nothing of
    /// the others.
    /// </summary>
    public static bool IsOutage(Exception? exception) => exception switch
    {
        ResourceNotFoundException => true,
        AmazonServiceException { ErrorCode: { Length: > 0 } } e => IsRefusal(e) || IsThrottling(e) || (int)e.StatusCode >= 500,
        OperationCanceledException or TimeoutException or AmazonClientException or HttpRequestException or IOException => true,
        _ => false,
    };

    // DynamoDB answers 400 where other services answer 403.
    private static bool IsRefusal(AmazonServiceException e) =>
        e.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized
        || e.ErrorCode is "AccessDeniedException" or "UnrecognizedClientException" or "ExpiredTokenException";

    private static bool IsThrottling(AmazonServiceException e) =>
        e is ProvisionedThroughputExceededException or RequestLimitExceededException
        || e.ErrorCode.Contains("Throttl", StringComparison.OrdinalIgnoreCase);
}
