using Amazon.DynamoDBv2;
using Amazon.Runtime;
using PushGateway.Aws.DynamoDb;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>A table for groups on a DynamoDB emulator.</summary>
sealed class GroupsTable(Dynalite dynalite)
{
    readonly string _name = $"groups-{Guid.NewGuid():N}";

    /// <summary>The settings with which Api and Worker keep groups in it.</summary>
    internal IReadOnlyDictionary<string, string> ProcessEnvironment =>
        new Dictionary<string, string>(dynalite.ProcessEnvironment) { ["PUSHGATEWAY_GROUPS_TABLE"] = _name };

    /// <summary>Creates it, and waits until it is there.</summary>
    internal async Task CreateAsync()
    {
        using var client = new AmazonDynamoDBClient(
            new BasicAWSCredentials("test", "test"),
            new AmazonDynamoDBConfig { ServiceURL = dynalite.ServiceUrl.ToString(), AuthenticationRegion = Dynalite.Region });
        var cancellation = TestContext.Current.CancellationToken;
        await client.CreateTableAsync(DynamoGroupTable.CreateRequest(_name), cancellation);
        await Poll.UntilAsync(
            async token => (await client.DescribeTableAsync(_name, token)).Table.TableStatus,
            status => status == TableStatus.ACTIVE,
            "the table",
            cancellationToken: cancellation);
    }
}
