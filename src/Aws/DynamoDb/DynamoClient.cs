using Amazon.DynamoDBv2;
using Amazon.Runtime;

namespace PushGateway.Aws.DynamoDb;

/// <summary>Creates the SDK's client from the SDK's own configuration.</summary>
internal static class DynamoClient
{
    // DynamoDB answers within milliseconds; a connection that is dead is not to hold up a batch for the SDK's 100 s.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // The SDK's ten repetitions of a call to DynamoDB take minutes. What fails here comes again with its message, or with the next scrape.
    private const int MaxRepetitions = 3;

    /// <summary>A client. <c>AWS_ENDPOINT_URL_DYNAMODB</c>, <c>AWS_ENDPOINT_URL</c>, the profile's endpoint and the region decide where it calls.</summary>
    public static IAmazonDynamoDB Create() => new AmazonDynamoDBClient(new AmazonDynamoDBConfig
    {
        Timeout = Timeout,
        RetryMode = RequestRetryMode.Standard,
        MaxErrorRetry = MaxRepetitions,
    });
}
