using Amazon.Runtime;

namespace PushGateway.Aws;

/// <summary>Tells failures of an AWS service from cancellation and from bugs.</summary>
internal static class AwsFailure
{
    /// <summary>
    /// True for the exceptions that the SDK throws when the service, the network or the credentials fail. False for cancellation and for
    /// bugs.
    /// </summary>
    public static bool IsFailure(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        // The SDK reports its own timeouts as cancellation.
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };
}
