using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using PushGateway.Aws.DynamoDb;
using PushGateway.Core.Tests.Groups;
using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;
using Sample = PushGateway.Model.Sample;

namespace PushGateway.Aws.Tests.DynamoDb;

/// <summary>Groups that are larger than an item.</summary>
public sealed class DynamoLargeGroupTests(DynaliteEmulator emulator) : IClassFixture<DynaliteEmulator>
{
    private const string Path = "job/large";
    private const int Small = 1;
    private const int Large = 12;

    private static readonly DynamoGroupLimits Tiny = new() { MaxItemBytes = 500, ChunkBytes = 400 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_series_of_a_group_change_their_names()
    {
        const int series = 14_000;
        using var table = await CreateAsync(null);
        var before = Push(Path, 1, 14_000, prefix: "before");
        await table.ApplyAsync(before);
        var replace = Push(Path, 2, series, prefix: "after");
        var ended = new HashSet<string>();
        GroupEffects effects;
        do
        {
            effects = await table.ApplyAsync(replace);
            Assert.Empty(effects.Refused);
            Assert.Empty(effects.Failed);
            ended.UnionWith(NamesOf(effects.Stale));
            await table.Store.ConfirmAsync(effects.Stale, Cancellation);
        }
        while (effects.Unfinished.Count > 0);

        Assert.True(before.Series.Select(one => one.Name).ToHashSet().SetEquals(ended));
        Assert.Equal(replace.Series.Select(one => one.Name).Order(StringComparer.Ordinal), await HeldAsync(table));
    }

    [Fact]
    public async Task The_largest_group_is_taken_and_a_larger_one_is_refused()
    {
        using var table = await CreateAsync(Tiny);
        var series = Large;
        while ((await table.ApplyAsync(Push(Path, series, series))).Refused.Count == 0)
        {
            Assert.Equal(series, (await HeldAsync(table)).Count);
            series += 4;
        }

        var chunks = GroupChunks.Parse((await table.ItemAsync(Path))[DynamoGroupTable.Chunks].S);
        Assert.InRange(chunks.Count, Tiny.MaxChunks - 3, Tiny.MaxChunks);
        Assert.Equal(series - 4, (await HeldAsync(table)).Count);
    }

    [Fact]
    public async Task A_group_that_becomes_small_or_is_deleted_leaves_no_chunks()
    {
        using var table = await CreateAsync(Tiny);
        await table.ApplyAsync(Push(Path, 1, Large));
        Assert.Equal("2", (await table.ItemAsync(Path))["schema"].N);
        await ReplaceAsync(table, Push(Path, 2, Large));
        Assert.NotEmpty(await ChunksAsync(table));

        await ReplaceAsync(table, Push(Path, 3, Small));
        Assert.Empty(await ChunksAsync(table));
        var item = await table.ItemAsync(Path);
        Assert.Equal("1", item["schema"].N);
        Assert.False(item.ContainsKey(DynamoGroupTable.Used));

        await ReplaceAsync(table, Push(Path, 4, Large));
        await ReplaceAsync(table, Delete(Path, 5));
        Assert.Empty(await ChunksAsync(table));
        Assert.True((await table.ItemAsync(Path)).ContainsKey(DynamoGroupTable.ForgetAt));
        Assert.Empty(await HeldAsync(table));
    }

    [Fact]
    public async Task Chunks_are_no_groups()
    {
        using var table = await CreateAsync(Tiny);
        var push = Push(Path, table.Time.NowNs, Large) with { TimeToLive = TimeSpan.FromMinutes(1) };
        await table.ApplyAsync(push, Push("job/other", 1, Small));
        Assert.Equal([Path, "job/other"], (await table.ReadAsync()).Groups.Select(group => group.Key.Path));
        var effects = new GroupEffects();
        Assert.True(GroupSelector.TryParse("{}", out var all, out _));
        await table.Store.ApplyAsync(
            [new BatchedPush(new PushHeader(PushOperation.Delete, null, 2) { Selector = all }, new MetricBatch(), default, default)], effects, Cancellation);
        Assert.Empty(effects.Failed);
        Assert.Equal([Path], (await table.ReadAsync()).Groups.Select(group => group.Key.Path));

        table.Time.Now += TimeSpan.FromMinutes(2);
        Assert.Equal([Path], (await table.ExpiredAsync()).Select(expiry => expiry.Group!.Path));
    }

    [Fact]
    public async Task A_group_that_is_written_while_it_is_read_is_read_again()
    {
        using var table = await CreateAsync(Tiny);
        await table.ApplyAsync(Push(Path, 1, Large));
        using var other = new InterceptedDynamo(await emulator.StartAsync());
        var reader = table.NewStore(other);
        var writes = 2;
        other.BeforeCall = () =>
        {
            // Two writes use both slots.
            while (writes > 0)
            {
                ReplaceAsync(table, Push(Path, 5 - writes--, Large)).GetAwaiter().GetResult();
            }
        };

        var reading = new GroupReading();
        (await reader.OpenScanAsync(Cancellation)).ReadOn(reading, Cancellation);

        Assert.Equal(Names(Push(Path, 4, Large)), NamesOf(reading));
    }

    [Fact]
    public async Task Chunks_that_are_missing_fail_their_group_alone()
    {
        using var table = await CreateAsync(Tiny);
        await table.ApplyAsync(Push(Path, 1, Large), Push("job/other", 1, Large));
        var gone = (await ChunksAsync(table)).First(item => item["path"].S == GroupChunks.KeyOf(Path, 0, 1));
        await table.Client.DeleteItemAsync(table.Name, new() { ["path"] = gone["path"] }, Cancellation);

        var effects = await table.ApplyAsync(Push(Path, 2, Small), Push("job/other", 2, Small));

        Assert.Equal([(0, $"The item of group {Path} cannot be read: chunks of it are missing.")], effects.Failed);
        Assert.Equal(["job/other"], (await table.ReadAsync()).Groups.Select(group => group.Key.Path));
    }

    [Fact]
    public async Task Workers_that_write_the_same_large_group_do_not_lose_anything()
    {
        const int workers = 4;
        const int pushes = 8;
        using var table = await CreateAsync(Tiny);
        var address = await emulator.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(async worker =>
        {
            using var client = new InterceptedDynamo(address);
            var store = table.NewStore(client);
            for (var i = 0; i < pushes; i++)
            {
                var effects = new GroupEffects();
                do
                {
                    effects.Clear();
                    await store.ApplyAsync([Push(Path, (worker * pushes) + i + 1, 2, PushOperation.Merge, $"w{worker}_{i}_").ToGroupPush()], effects, Cancellation);
                    Assert.Empty(effects.Refused);
                }
                while (effects.Failed.Count > 0);
            }
        }));

        Assert.Equal(workers * pushes * 2, (await HeldAsync(table)).Count);
        await AssertNoOrphansAsync(table, Path);
    }

    /// <summary>What a group is before and after.</summary>
    public static TheoryData<int, int> Changes => new()
    {
        { 0, Large },
        { Small, Large },
        { Large, Large },
        { Large, Large + 8 },
        { Large + 8, Large },
        { Large, Small },
        { Large, 0 },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Whenever_a_worker_is_killed_the_group_is_the_old_or_the_new_one_and_the_next_write_leaves_no_chunks(int before, int after)
    {
        using var table = await CreateAsync(Tiny);
        using var client = new InterceptedDynamo(await emulator.StartAsync());
        var store = table.NewStore(client);
        var calls = -1;
        var wasKilled = true;
        while (wasKilled)
        {
            var path = $"job/killed/after/{++calls}";
            var (old, next) = (Push(path, 1, before), after > 0 ? Push(path, 3, after) : Delete(path, 3));
            if (before > 0)
            {
                await table.ApplyAsync(old);
                await ReplaceAsync(table, old with { TimeNs = 2 });
            }

            wasKilled = await KillAsync(store, client, calls, next);
            Assert.Contains(string.Join(' ', await HeldAsync(table, path)), new[] { string.Join(' ', Names(old)), string.Join(' ', Names(next)) });

            // The message comes again.
            await ReplaceAsync(table, next);
            Assert.Equal(Names(next), await HeldAsync(table, path));
            await AssertNoOrphansAsync(table, path);
            if (after <= Small)
            {
                Assert.DoesNotContain(await ChunksAsync(table), item => IsOf(item, path));
            }

            if (after == 0)
            {
                Assert.True((await table.ItemAsync(path)).ContainsKey(DynamoGroupTable.ForgetAt));
            }

            await ReplaceAsync(table, Push(path, 4, Small));
            Assert.DoesNotContain(await ChunksAsync(table), item => IsOf(item, path));
        }

        Assert.InRange(calls, 4, 100);
    }

    // Whether the worker was killed before it had applied and confirmed the push.
    private static async Task<bool> KillAsync(DynamoGroupStore store, InterceptedDynamo client, int calls, TestPush push)
    {
        var left = calls;
        client.BeforeCall = () =>
        {
            if (Interlocked.Decrement(ref left) < 0)
            {
                throw new AmazonDynamoDBException("killed");
            }
        };
        try
        {
            await ReplaceAsync(store, push);
            return false;
        }
        catch (GroupStoreUnavailableException)
        {
            return true;
        }
    }

    private static Task ReplaceAsync(TestTable table, TestPush push) => ReplaceAsync(table.Store, push);

    // As a worker does: until everything that the push has ended is confirmed.
    private static async Task ReplaceAsync(DynamoGroupStore store, TestPush push)
    {
        var effects = new GroupEffects();
        await store.ApplyAsync([push.ToGroupPush()], effects, Cancellation);
        if (effects.Failed.Count > 0)
        {
            throw new GroupStoreUnavailableException(effects.Failed[0].Reason);
        }

        await store.ConfirmAsync(effects.Stale, Cancellation);
    }

    private async Task<TestTable> CreateAsync(DynamoGroupLimits? limits) =>
        await TestTable.CreateAsync(await emulator.StartAsync(), Cancellation, limits);

    private static TestPush Delete(string path, long timeNs) => new(PushOperation.Delete, path, timeNs, []);

    // Names that no compression makes much smaller. A push of another time has others.
    private static TestPush Push(
        string path, long timeNs, int series, PushOperation operation = PushOperation.Replace, string prefix = "s")
    {
        var random = new Random((int)timeNs % 1000);
        return new TestPush(operation, path, timeNs, [.. Enumerable.Range(0, series).Select(_ =>
        {
            var name = new byte[20];
            random.NextBytes(name);
            return new TestSeries(prefix + Convert.ToHexString(name), MetricType.Gauge, "help", prefix, "x", [new Sample(1000, random.NextDouble())]);
        })]);
    }

    private static IEnumerable<string> Names(TestPush push) => push.Series.Select(series => series.Name).Order(StringComparer.Ordinal);

    private static async Task<List<string>> HeldAsync(TestTable table, string path = Path)
    {
        var reading = await table.ReadAsync();
        return [.. NamesOf(reading, path)];
    }

    private static IEnumerable<string> NamesOf(GroupReading reading, string path = Path) => reading.Batch.Series.ToArray()
        .Where(series => path == Path || Labels(reading.Batch, series).Contains(path.Split('/')[^1]))
        .Select(series => reading.Batch.Symbols.GetString(series.Name))
        .Where(name => !name.StartsWith("push_", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static List<string> Labels(MetricBatch batch, Series series) => [.. batch.LabelsOf(series).ToArray().Select(label => batch.Symbols.GetString(label.Value))];

    private static IEnumerable<string> NamesOf(IEnumerable<DueMarker> markers) => markers.Select(marker =>
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        marker.AddTo(batch);
        return batch.Symbols.GetString(batch.Series[0].Name);
    });

    // Those that are not empty.
    private static async Task<List<Dictionary<string, AttributeValue>>> ChunksAsync(TestTable table)
    {
        var chunks = new List<Dictionary<string, AttributeValue>>();
        Dictionary<string, AttributeValue>? start = null;
        do
        {
            var page = await table.Client.ScanAsync(new ScanRequest { TableName = table.Name, ConsistentRead = true, ExclusiveStartKey = start }, Cancellation);
            chunks.AddRange(page.Items.Where(item => item.ContainsKey(DynamoGroupTable.Kind) && item.ContainsKey(DynamoGroupTable.State)));
            start = page.LastEvaluatedKey;
        }
        while (start is { Count: > 0 });
        return chunks;
    }

    private static bool IsOf(Dictionary<string, AttributeValue> chunk, string path) => chunk["path"].S.StartsWith(GroupChunks.KeyOf(path, 0, 0)[..^3], StringComparison.Ordinal);

    // Every chunk is one that the item of the group knows of.
    private static async Task AssertNoOrphansAsync(TestTable table, string path)
    {
        var used = new DynamoGroupItem(await table.ItemAsync(path)).Used;
        Assert.All((await ChunksAsync(table)).Where(item => IsOf(item, path)), item =>
        {
            var key = item["path"].S.Split('-');
            Assert.InRange(int.Parse(key[^1], CultureInfo.InvariantCulture), 0, used[int.Parse(key[^2], CultureInfo.InvariantCulture)] - 1);
        });
    }
}
