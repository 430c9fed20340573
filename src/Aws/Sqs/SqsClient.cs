using Amazon;
using Amazon.Runtime;
using Amazon.SQS;

namespace PushGateway.Aws.Sqs;

/// <summary>Creates the SDK's client from the SDK's own configuration.</summary>
internal static class SqsClient
{
    /// <summary>
    /// A client for the queue. <c>AWS_ENDPOINT_URL_SQS</c>, <c>AWS_ENDPOINT_URL</c> and the profile's endpoint go first.
    /// Otherwise the region named by the queue's URL decides: in another region the queue does not exist.
    /// </summary>
    public static IAmazonSQS Create(SqsQueueUrl queue)
    {
        // Endpoint and region exclude each other in the SDK: reading RegionEndpoint makes it forget a configured ServiceURL.
        var config = new AmazonSQSConfig();
        if (config.ServiceURL is null)
        {
            if (queue.Region is { } region)
            {
                config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
            }
        }
        else
        {
            config.AuthenticationRegion = queue.Region ?? FallbackRegionFactory.GetRegionEndpoint(includeInstanceMetadata: false)?.SystemName;
        }

        return new AmazonSQSClient(config);
    }
}
