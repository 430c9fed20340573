using Amazon.DynamoDBv2;
using Amazon.Runtime;

namespace PushGateway.Aws.DynamoDb;

/// <summary>Creates the SDK's DynamoDB client. The SDK reads its own configuration.</summary>
internal static class DynamoClient
{
    // DynamoDB answers within milliseconds. A dead connection must not hold up a batch for the SDK's default of 100 s.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // The SDK's default of ten retries can take minutes. A call that fails here is made again when its message comes again, or at the next
    // scrape.
    private const int MaxRepetitions = 3;

    /// <summary>
    /// Creates a client. <c>AWS_ENDPOINT_URL_DYNAMODB</c>, <c>AWS_ENDPOINT_URL</c>, the profile's endpoint and the region decide which
    /// endpoint it calls.
    /// </summary>
    public static IAmazonDynamoDB Create() => new AmazonDynamoDBClient(new AmazonDynamoDBConfig
    {
        Timeout = Timeout,
        RetryMode = RequestRetryMode.Standard,
        MaxErrorRetry = MaxRepetitions,
    });
}
