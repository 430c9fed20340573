namespace PushGateway.Aws;

/// <summary>Tells failures of an AWS service from cancellation and from bugs.</summary>
internal static class AwsFailure
{
    /// <summary>
    /// True for what a call throws when the service, the network or the credentials fail. The SDK has no list of it, so that is everything
    /// but cancellation, and the exception for an argument, which is the caller's own bug.
    /// </summary>
    public static bool IsFailure(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        // The SDK reports its own timeouts as cancellation.
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => exception is not ArgumentException,
    };
}
