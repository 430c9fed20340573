using PushGateway.Aws.DynamoDb;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Aws.Tests.DynamoDb;

public sealed class MotoGroupStoreTests(MotoEmulator emulator) : DynamoGroupStoreTests(emulator), IClassFixture<MotoEmulator>
{
    // Not on dynalite, which knows no time to live.
    [Fact]
    public async Task The_tables_time_to_live_is_turned_on()
    {
        if (!MotoServer.IsAvailable)
        {
            return;
        }

        using var table = await CreateAsync();
        await table.Client.UpdateTimeToLiveAsync(DynamoGroupTable.TimeToLiveRequest(table.Name), Cancellation);

        var described = await table.Client.DescribeTimeToLiveAsync(table.Name, Cancellation);
        Assert.Equal(DynamoGroupTable.ForgetAt, described.TimeToLiveDescription.AttributeName);
    }
}
