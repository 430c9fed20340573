using Amazon;
using Amazon.SQS;

namespace PushGateway.Aws.Sqs;

/// <summary>Creates the SDK's SQS client. The SDK reads its own configuration.</summary>
internal static class SqsClient
{
    // Of one attempt, not of its repetitions. Only a long poll takes long, and no longer than its wait.
    private static readonly TimeSpan Timeout = SqsQueueOptions.LongestWait + TimeSpan.FromSeconds(10);

    /// <summary>
    /// Creates a client for the queue. <c>AWS_ENDPOINT_URL_SQS</c>, <c>AWS_ENDPOINT_URL</c> and the profile's endpoint decide which
    /// endpoint it calls. The region is the one in the queue's URL, because the queue does not exist in another. Without a region in the
    /// URL it is the SDK's default.
    /// </summary>
    public static IAmazonSQS Create(SqsQueueUrl queue)
    {
        // ServiceURL must not be read here: after a read, the SDK ignores the endpoint that the environment configures.
        var config = new AmazonSQSConfig { Timeout = Timeout };
        if (queue.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
            config.AuthenticationRegion = region;
        }

        return new AmazonSQSClient(config);
    }
}
