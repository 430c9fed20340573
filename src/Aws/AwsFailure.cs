using Amazon.Runtime;

namespace PushGateway.Aws;

/// <summary>Tells what an AWS service does to its callers from what they do themselves.</summary>
internal static class AwsFailure
{
    /// <summary>True for what the SDK throws when the far side, the way to it or the credentials fail; false for cancellation and for bugs.</summary>
    public static bool IsFailure(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        // The SDK reports its own timeouts as cancellation.
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };
}
