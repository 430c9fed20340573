using Amazon;
using Amazon.SQS;

namespace PushGateway.Aws.Sqs;

/// <summary>Creates the SDK's client from the SDK's own configuration.</summary>
internal static class SqsClient
{
    /// <summary>
    /// A client for the queue. <c>AWS_ENDPOINT_URL_SQS</c>, <c>AWS_ENDPOINT_URL</c> and the profile's endpoint decide where it calls;
    /// the region is the one that the queue's URL names, for in another the queue does not exist, or else the SDK's default.
    /// </summary>
    public static IAmazonSQS Create(SqsQueueUrl queue)
    {
        // ServiceURL is not read here: once read, the SDK forgets the endpoint that its environment configures.
        var config = new AmazonSQSConfig();
        if (queue.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
            config.AuthenticationRegion = region;
        }

        return new AmazonSQSClient(config);
    }
}
