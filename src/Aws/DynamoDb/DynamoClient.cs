using Amazon.DynamoDBv2;

namespace PushGateway.Aws.DynamoDb;

/// <summary>Creates the SDK's client from the SDK's own configuration.</summary>
internal static class DynamoClient
{
    // DynamoDB answers within milliseconds; a connection that is dead is not to hold up a batch for the SDK's 100 s.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>A client. <c>AWS_ENDPOINT_URL_DYNAMODB</c>, <c>AWS_ENDPOINT_URL</c>, the profile's endpoint and the region decide where it calls.</summary>
    public static IAmazonDynamoDB Create() => new AmazonDynamoDBClient(new AmazonDynamoDBConfig { Timeout = Timeout });
}
