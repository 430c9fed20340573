using PushGateway.Aws.DynamoDb;
using PushGateway.Core.Tests.Groups;
using PushGateway.Groups;
using Xunit;

namespace PushGateway.Aws.Tests.DynamoDb;

public sealed class DynaliteGroupStoreTests(DynaliteEmulator emulator) : DynamoGroupStoreTests(emulator), IClassFixture<DynaliteEmulator>
{
    // Not on moto, which counts the base64 of a binary attribute.
    [Fact]
    public async Task A_group_just_within_the_limit_is_taken_and_compressed()
    {
        using var table = await CreateAsync();
        var (series, tooMany) = (1000, 100_000);
        while (tooMany - series > 10)
        {
            var middle = (series + tooMany) / 2;
            (series, tooMany) = SizeOf(Large(A, 1, middle)) <= DynamoGroupTable.MaxItemBytes ? (middle, tooMany) : (series, middle);
        }

        var effects = await table.ApplyAsync(Large(A, 1, series));

        Assert.Empty(effects.Refused);
        Assert.Empty(effects.Failed);
        Assert.Equal("br", (await table.ItemAsync(A))[DynamoGroupTable.Encoding].S);
        Assert.Equal(series, Held(await table.ReadAsync()).Count);
    }

    private static long SizeOf(TestPush push)
    {
        var group = new GroupRow(push.Group!);
        Assert.Null(group.Apply(push.ToGroupPush(), GroupStoreOptions.Default, tellsSink: true, DateTimeOffset.UnixEpoch));
        return DynamoGroupItem.Whole(EncodedGroup.From(group), DateTimeOffset.UnixEpoch.AddDays(20_000).ToUnixTimeMilliseconds(), TimeSpan.Zero).Size;
    }
}
