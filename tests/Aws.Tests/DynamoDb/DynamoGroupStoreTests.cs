using System.Globalization;
using Amazon.DynamoDBv2.Model;
using PushGateway.Aws.DynamoDb;
using PushGateway.Core.Tests.Groups;
using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Aws.Tests.DynamoDb;

/// <summary>What the store promises, on each of the emulators.</summary>
public abstract class DynamoGroupStoreTests(IDynamoEmulator emulator)
{
    private protected const string A = "job/a";
    private const string B = "job/b/instance/x%20y";
    private const int LargePushSeries = 4000;

    // A group of these limits is as large as an item at most. Moto takes no larger ones.
    private static readonly DynamoGroupLimits Tight = new() { ChunkBytes = 100_000, MaxChunks = 4 };

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_are_read_in_the_order_of_their_paths_without_deleted_ones()
    {
        using var table = await CreateAsync();
        await table.ApplyAsync(Push(B, 1, "b"), Push("job/z", 1, "z"), Push(A, 1, "a"), Push("job/z", 2, PushOperation.Delete));

        var reading = await table.ReadAsync();

        Assert.Equal([A, B], reading.Groups.Select(group => group.Key.Path));
        Assert.Equal(["a{x}", "b{x}"], Held(reading));
    }

    [Fact]
    public async Task A_replace_tells_the_series_that_it_ends_until_it_is_confirmed()
    {
        using var table = await CreateAsync();
        await table.ApplyAsync(Push(A, 1, "a", "b"));
        var replace = Push(A, 2, PushOperation.Replace, "a");
        Assert.Equal(["0 b"], Stale(await table.ApplyAsync(replace)));
        var effects = await table.ApplyAsync(replace);
        Assert.Equal(["0 b"], Stale(effects));

        await table.Store.ConfirmAsync(effects.Stale, Cancellation);

        Assert.Empty(Stale(await table.ApplyAsync(replace)));
        Assert.Equal(["a{x}"], Held(await table.ReadAsync()));
    }

    [Fact]
    public async Task Workers_see_each_others_marks_until_they_are_past()
    {
        using var table = await CreateAsync();
        var other = table.NewStore(table.Client).Board;
        Assert.Empty(await other.ReadAsync(Cancellation));

        await table.Store.Board.WriteAsync(new Dictionary<long, long> { [10_000] = 70_001, [20_000] = 80_002 }, [], Cancellation);
        await table.Store.Board.WriteAsync(new Dictionary<long, long> { [20_000] = 90_003, [30_000] = 90_004 }, [10_000, 40_000], Cancellation);

        Assert.Equal(
            new Dictionary<long, long> { [20_000] = 90_003, [30_000] = 90_004 },
            (await other.ReadAsync(Cancellation)).OrderBy(mark => mark.Key).ToDictionary());
    }

    [Fact]
    public async Task Of_many_marks_the_oldest_are_written()
    {
        using var table = await CreateAsync();
        var marks = Enumerable.Range(0, 1000).Select(span => span * 10_000L).Reverse().ToDictionary(span => span, span => span + 1);

        await table.Store.Board.WriteAsync(marks, [.. marks.Keys], Cancellation);

        Assert.Equal(Enumerable.Range(0, 100).Select(span => span * 10_000L), (await table.Store.Board.ReadAsync(Cancellation)).Keys.Order());
    }

    [Fact]
    public async Task The_item_of_the_marks_is_no_group()
    {
        using var table = await CreateAsync();
        await table.Store.Board.WriteAsync(new Dictionary<long, long> { [10_000] = 20_000 }, [], Cancellation);
        await table.ApplyAsync(Push(A, 1, "a"));

        var effects = new GroupEffects();
        await table.Store.ApplyAsync([Delete(2, "{}")], effects, Cancellation);

        Assert.Equal(["0 a"], Stale(effects));
        Assert.Empty(effects.Failed);
        Assert.Empty((await table.ReadAsync()).Groups);
    }

    [Fact]
    public async Task Nothing_is_written_when_nothing_has_changed_nor_called_when_no_group_is_pushed_to()
    {
        using var table = await CreateAsync();
        await table.ApplyAsync(Push(A, 1, "a"), Push(A, 1, "b"));
        Assert.Equal(["get", "put"], table.Client.Calls);

        await table.ApplyAsync(Push(A, 1, "a"));
        Assert.Equal(["get", "put", "get"], table.Client.Calls);

        await table.ApplyAsync(new TestPush(PushOperation.Append, null, 2, [Series("u")]));
        await table.ApplyAsync();
        await table.Store.ConfirmAsync([], Cancellation);
        Assert.Equal(3, table.Client.Calls.Count);
    }

    [Fact]
    public async Task A_group_that_another_worker_has_written_in_between_is_read_and_changed_again()
    {
        using var table = await CreateAsync();
        using var other = await ClientAsync();
        var rival = table.NewStore(other);
        var first = true;
        table.Client.AfterGet = async _ =>
        {
            if (first)
            {
                first = false;
                await rival.ApplyAsync([Push(A, 1, "theirs").ToGroupPush()], new GroupEffects(), Cancellation);
            }
        };

        var effects = await table.ApplyAsync(Push(A, 2, PushOperation.Replace, "ours"));

        Assert.Equal(["get", "conflict", "get", "put"], table.Client.Calls);
        Assert.Equal(["0 theirs"], Stale(effects));
        Assert.Equal(["ours{x}"], Held(await table.ReadAsync()));
    }

    [Fact]
    public async Task A_group_that_others_write_all_the_time_fails_alone_and_is_not_written()
    {
        using var table = await CreateAsync();
        using var other = await ClientAsync();
        var rival = table.NewStore(other);
        var time = 10;
        table.Client.AfterGet = path => path == A
            ? rival.ApplyAsync([Push(A, time++, "theirs").ToGroupPush()], new GroupEffects(), Cancellation).AsTask()
            : Task.CompletedTask;

        var effects = await table.ApplyAsync(Push(A, 1, "ours"), Push(B, 1, "b"));

        Assert.Equal([(0, $"Group {A} is written by others all the time.")], effects.Failed);
        table.Client.AfterGet = _ => Task.CompletedTask;
        Assert.Equal(["theirs{x}", "b{x}"], Held(await table.ReadAsync()));
    }

    [Fact]
    public async Task An_expiry_is_due_once_the_time_to_live_has_passed_and_until_it_is_confirmed()
    {
        using var table = await CreateAsync();
        var pushed = table.Time.NowNs;
        await table.ApplyAsync(Push(A, pushed, "a") with { TimeToLive = TimeSpan.FromMinutes(1) }, Push(B, pushed, "b"));
        Assert.Equal((pushed / 1_000_000) + 60_000, Number(await table.ItemAsync(A), DynamoGroupTable.ExpiresAt));
        table.Time.Now += TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(1);
        Assert.Empty(await table.ExpiredAsync());

        table.Time.Now += TimeSpan.FromMilliseconds(1);
        var expiry = Assert.Single(await table.ExpiredAsync());
        Assert.Equal(new PushHeader(PushOperation.Expire, TestPush.Key(A), pushed) { TimeToLive = TimeSpan.FromMinutes(1) }, expiry);
        var push = new BatchedPush(expiry, new MetricBatch(), default, default);
        var effects = new GroupEffects();
        for (var i = 0; i < 2; i++)
        {
            effects.Clear();
            await table.Store.ApplyAsync([push], effects, Cancellation);
            Assert.Equal(["0 a"], Stale(effects));
            Assert.Equal([expiry], await table.ExpiredAsync());
        }

        await table.Store.ConfirmAsync(effects.Stale, Cancellation);

        Assert.Empty(await table.ExpiredAsync());
        Assert.Equal(["b{x}"], Held(await table.ReadAsync()));
    }

    [Fact]
    public async Task Every_shard_of_the_index_is_asked()
    {
        using var table = await CreateAsync();
        var pushes = Enumerable.Range(0, 40)
            .Select(i => Push($"job/j{i:00}", table.Time.NowNs, "a") with { TimeToLive = TimeSpan.FromMinutes(1) }).ToArray();
        await table.ApplyAsync(pushes);
        table.Time.Now += TimeSpan.FromMinutes(2);

        var expired = await table.ExpiredAsync();

        Assert.Equal(pushes.Select(push => push.Group), expired.Select(expiry => expiry.Group!.Path).Order(StringComparer.Ordinal));
        var shards = await Task.WhenAll(pushes.Select(async push => Number(await table.ItemAsync(push.Group!), DynamoGroupTable.ExpiryShard)));
        Assert.True(shards.Distinct().Count() > 4);
    }

    [Fact]
    public async Task A_deleted_group_is_remembered_as_long_as_an_older_push_may_come_and_not_once_it_lives_again()
    {
        using var table = await CreateAsync();
        var deleted = table.Time.NowNs;
        var delete = Push(A, deleted, PushOperation.Delete);
        await table.ApplyAsync(Push(A, deleted - 1000, "a"));
        var effects = await table.ApplyAsync(delete);
        Assert.False((await table.ItemAsync(A)).ContainsKey(DynamoGroupTable.ForgetAt));

        await table.Store.ConfirmAsync(effects.Stale, Cancellation);
        Assert.Equal(
            (deleted / 1_000_000_000) + (long)GroupStoreOptions.Default.TombstoneRetention.TotalSeconds,
            Number(await table.ItemAsync(A), DynamoGroupTable.ForgetAt),
            tolerance: 1L);
        await table.ApplyAsync(Push(A, deleted - 1, "late"));
        Assert.Empty(Held(await table.ReadAsync()));

        await table.ApplyAsync(Push(A, deleted + 1, "again"));
        Assert.False((await table.ItemAsync(A)).ContainsKey(DynamoGroupTable.ForgetAt));
        Assert.Equal(["again{x}"], Held(await table.ReadAsync()));
    }

    [Fact]
    public async Task A_selector_deletes_the_groups_that_it_takes_and_tells_what_it_ends_until_it_is_confirmed()
    {
        using var table = await CreateAsync();
        await table.ApplyAsync(Push(A, 1, "a"), Push(B, 1, "b"), Push("job/b", 1, "c"));
        var delete = Delete(5, "{job=\"b\"}");
        var effects = new GroupEffects();
        for (var i = 0; i < 2; i++)
        {
            effects.Clear();
            await table.Store.ApplyAsync([delete], effects, Cancellation);
            Assert.Equal(["0 b", "0 c"], Stale(effects));
        }

        await table.Store.ConfirmAsync(effects.Stale, Cancellation);

        var after = new GroupEffects();
        await table.Store.ApplyAsync([delete], after, Cancellation);
        Assert.Empty(after.Stale);
        Assert.Equal(["a{x}"], Held(await table.ReadAsync()));
        await table.ApplyAsync(Push(B, 4, "late"));
        Assert.Equal(["a{x}"], Held(await table.ReadAsync()));
    }

    [Fact]
    public async Task More_markers_than_a_call_tells_are_told_by_the_next_ones()
    {
        using var table = await CreateAsync();
        await table.ApplyAsync(Push(A, 1, "a", "b", "c"), Push(B, 1, "d", "e"));
        var told = new List<string>();
        BatchedPush[] pushes = [Delete(5, "{}"), Delete(5, "{}")];
        var effects = new GroupEffects { MaxMarkers = 2 };
        do
        {
            effects.Clear();
            await table.Store.ApplyAsync(pushes, effects, Cancellation);
            Assert.InRange(effects.Stale.Count, 1, 2);
            told.AddRange(Stale(effects));
            await table.Store.ConfirmAsync(effects.Stale, Cancellation);
        }
        while (effects.Unfinished.Count > 0);

        Assert.Equal(["0 a", "0 b", "0 c", "0 d", "0 e"], told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_group_that_was_written_by_a_clock_that_was_ahead_gives_way_to_pushes_and_expires()
    {
        using var table = await CreateAsync();
        var (now, hour) = (table.Time.NowNs, (long)TimeSpan.FromHours(1).TotalNanoseconds);
        await table.ApplyAsync(
            Push(A, now + hour, "ahead"), Push(B, now + hour, PushOperation.Delete), Push("job/c", now + hour, "c") with { TimeToLive = TimeSpan.FromMinutes(1) });

        await table.ApplyAsync(Push(A, now - 1, PushOperation.Replace, "a"), Push(B, now - 1, "b"));
        Assert.Equal(["a{x}", "b{x}", "c{x}"], Held(await table.ReadAsync()));
        await table.ApplyAsync(Push(A, now, PushOperation.Delete));
        Assert.Equal(["b{x}", "c{x}"], Held(await table.ReadAsync()));
    }

    [Fact]
    public async Task A_selector_takes_the_groups_of_its_own_batch_too()
    {
        using var table = await CreateAsync();
        var effects = new GroupEffects();
        await table.Store.ApplyAsync(
            [Push(A, 1, "a").ToGroupPush(), Delete(5, "{}"), Push(B, 1, "b").ToGroupPush(), Push("job/c", 6, "c").ToGroupPush()], effects, Cancellation);

        Assert.Equal(["c{x}"], Held(await table.ReadAsync()));
        Assert.Equal(["1 a", "2 b"], Stale(effects));
    }

    [Fact]
    public async Task The_parts_of_a_push_that_fits_as_a_whole_are_taken_beside_one_that_does_not_fit()
    {
        using var table = await CreateAsync(Tight);
        var now = table.Time.NowNs;
        await table.ApplyAsync(Large(A, now, 1500));
        var whole = Large(A, now + 1, 1500, seed: 8) with { Operation = PushOperation.Replace };
        TestPush Part(int number) => whole with { Series = whole.Series[((number - 1) * 750)..(number * 750)], Part = new(number, 2) };

        var effects = await table.ApplyAsync(Part(1), Part(2), Large(A, now + 2));

        Assert.Equal([2], effects.Refused.Select(refused => refused.Push));
        Assert.Empty(effects.Failed);
        Assert.Equal(1500, Held(await table.ReadAsync()).Count);
        Assert.Equal(1500, effects.Stale.Count);
    }

    [Fact]
    public async Task A_push_that_makes_its_group_larger_than_all_its_chunks_may_be_is_refused_alone()
    {
        using var table = await CreateAsync(Tight);
        await table.ApplyAsync(Push(A, 1, "a"));

        var effects = await table.ApplyAsync(Push(A, 2, "b"), Large(A, 3), Push(A, 4, "c"), Push(B, 1, "b"));

        var refused = Assert.Single(effects.Refused);
        Assert.Equal((1, RejectCode.GroupTooLarge), (refused.Push, refused.Reason.Code));
        Assert.Matches("^the group would take [0-9]{6} bytes in DynamoDB, more than 400000$", refused.Reason.Detail);
        Assert.Equal(["a{x}", "b{x}", "c{x}", "b{x}"], Held(await table.ReadAsync()));
        await table.ApplyAsync(Push(A, 5, PushOperation.Delete));
        Assert.Equal(["b{x}"], Held(await table.ReadAsync()));
    }

    [Fact]
    public async Task More_than_a_page_is_read_and_searched()
    {
        using var table = await CreateAsync();
        for (var i = 0; i < 6; i++)
        {
            await table.ApplyAsync(Large($"job/j{i}", 1, 1800));
        }

        Assert.Equal(6, (await table.ReadAsync()).Groups.Count);
        Assert.True(table.Client.Calls.Count(call => call == "scan") > 1);
        var effects = new GroupEffects();
        await table.Store.ApplyAsync([Delete(5, "{job!=\"j3\"}")], effects, Cancellation);
        Assert.Equal(["job/j3"], (await table.ReadAsync()).Groups.Select(group => group.Key.Path));
    }

    [Fact]
    public async Task A_push_that_gives_its_group_too_many_series_is_refused_and_the_others_are_applied()
    {
        using var table = await CreateAsync();
        var options = GroupStoreOptions.Default with { MaxSeriesPerGroup = 2 };
        var store = table.NewStore(table.Client, options);
        var memory = new MemoryGroupStore(options, table.Time);
        BatchedPush[] pushes =
        [
            Push(A, 1, "a", "b").ToGroupPush(),
            Push(A, 2, "c").ToGroupPush(),
            Push(A, 3, PushOperation.Replace, "c", "d").ToGroupPush(),
            Push(B, 3, "a", "b", "c").ToGroupPush(),
        ];

        var effects = new GroupEffects();
        await store.ApplyAsync(pushes, effects, Cancellation);
        await memory.ApplyAsync([pushes[0], pushes[2]], new GroupEffects(), Cancellation);

        Assert.Equal([1, 3], effects.Refused.Select(refused => refused.Push));
        Assert.All(effects.Refused, refused => Assert.Equal(RejectCode.GroupTooLarge, refused.Reason.Code));
        Assert.Equal(GroupDump.Of(memory), GroupDump.Of(await table.ReadAsync()));
    }

    [Fact]
    public async Task A_group_whose_path_is_longer_than_a_key_is_refused()
    {
        using var table = await CreateAsync();
        var path = "job/" + new string('j', DynamoGroupTable.MaxPathBytes - 4);

        var effects = await table.ApplyAsync(Push(path, 1, "fits"), Push(path + "j", 1, "a"));

        var refused = Assert.Single(effects.Refused);
        Assert.Equal((1, RejectCode.GroupingKeyInvalid), (refused.Push, refused.Reason.Code));
        Assert.Equal(["fits{x}"], Held(await table.ReadAsync()));
    }

    [Fact]
    public async Task An_item_that_cannot_be_read_fails_the_pushes_to_its_group_and_no_others()
    {
        using var table = await CreateAsync();
        await table.Client.PutItemAsync(
            new PutItemRequest
            {
                TableName = table.Name,
                Item = new()
                {
                    ["path"] = new(A),
                    ["state"] = new() { B = new MemoryStream([1, 2, 3]) },
                    ["version"] = new() { N = "1" },
                    ["encoding"] = new("br"),
                },
            },
            Cancellation);

        var effects = await table.ApplyAsync(Push(A, 1, "a"), Push(B, 1, "b"));

        var failed = Assert.Single(effects.Failed);
        Assert.Equal(0, failed.Push);
        Assert.StartsWith($"The item of group {A} cannot be read: ", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(["b{x}"], Held(await table.ReadAsync()));
    }

    [Fact]
    public async Task An_item_of_a_newer_release_is_left_alone_and_one_without_a_schema_is_read()
    {
        using var table = await CreateAsync();
        var pushed = table.Time.NowNs;
        await table.ApplyAsync(
            [.. ((string[])[A, B, "job/c"]).Select(path => Push(path, pushed, "a") with { TimeToLive = TimeSpan.FromMinutes(1) })]);
        var newer = await table.ItemAsync(A);
        Assert.Equal("1", newer["schema"].N);
        newer["schema"].N = "3";
        await table.Client.PutItemAsync(new PutItemRequest { TableName = table.Name, Item = newer }, Cancellation);
        var older = await table.ItemAsync(B);
        older.Remove("schema");
        await table.Client.PutItemAsync(new PutItemRequest { TableName = table.Name, Item = older }, Cancellation);
        table.Time.Now += TimeSpan.FromMinutes(2);

        Assert.Equal(["a{x}", "a{x}"], Held(await table.ReadAsync()));
        Assert.Equal([B, "job/c"], (await table.ExpiredAsync()).Select(expiry => expiry.Group!.Path).Order(StringComparer.Ordinal));
        var effects = await table.ApplyAsync(Push(A, pushed + 1, "b"), Push(B, pushed + 1, "b"));
        Assert.Equal(
            [(0, $"The item of group {A} cannot be read: it has schema 3, which is of a newer release.")], effects.Failed);
        Assert.Equal(newer["version"].N, (await table.ItemAsync(A))["version"].N);
    }

    [Fact]
    public async Task A_selector_passes_over_an_item_that_cannot_be_read()
    {
        using var table = await CreateAsync();
        await table.ApplyAsync(Push(A, 1, "a"), Push(B, 1, "b"));
        var newer = await table.ItemAsync(A);
        newer["schema"].N = "99";
        await table.Client.PutItemAsync(new PutItemRequest { TableName = table.Name, Item = newer }, Cancellation);
        var logger = new ListLogger<DynamoGroupStore>();
        using var store = new DynamoGroupStore(new DynamoGroupOptions { TableName = table.Name }, table.Time, () => table.Client, logger);

        var effects = new GroupEffects();
        await store.ApplyAsync([Delete(5, "{}"), Push(A, 6, "c").ToGroupPush()], effects, Cancellation);

        Assert.Equal([(1, $"The item of group {A} cannot be read: it has schema 99, which is of a newer release.")], effects.Failed);
        Assert.Equal(["0 b"], Stale(effects));
        Assert.Equal(newer["version"].N, (await table.ItemAsync(A))["version"].N);
        Assert.Contains($"The item of group {A} cannot be read", Assert.Single(logger.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_item_without_a_version_fails_the_pushes_to_its_group_and_no_others()
    {
        using var table = await CreateAsync();
        await table.ApplyAsync(Push(A, 1, "a"));
        var item = await table.ItemAsync(A);
        item.Remove("version");
        await table.Client.PutItemAsync(new PutItemRequest { TableName = table.Name, Item = item }, Cancellation);

        var effects = await table.ApplyAsync(Push(A, 2, "a"), Push(B, 1, "b"));

        Assert.Equal([(0, $"The item of group {A} cannot be read: it has no version.")], effects.Failed);
        Assert.Equal(["b{x}"], Held(await table.ReadAsync()).Where(series => series[0] == 'b'));
    }

    [Fact]
    public async Task A_table_that_does_not_exist_is_told_in_a_sentence()
    {
        using var client = await ClientAsync();
        using var store = new DynamoGroupStore(new DynamoGroupOptions { TableName = "nowhere" }, TimeProvider.System, () => client);
        const string Expected = "DynamoDB table nowhere or its index does not exist (ResourceNotFoundException).";

        var effects = new GroupEffects();
        await store.ApplyAsync([Push(A, 1, "a").ToGroupPush(), Delete(2, "{}")], effects, Cancellation);

        Assert.Equal([0, 1], effects.Failed.Select(failed => failed.Push).Distinct().Order());
        Assert.All(effects.Failed, failed => Assert.Equal(Expected, failed.Reason));
        var exception = await Assert.ThrowsAsync<GroupStoreUnavailableException>(() => TestTable.ExpiredAsync(store));
        Assert.Equal(Expected, exception.Message);
    }

    private protected async Task<TestTable> CreateAsync(DynamoGroupLimits? limits = null) =>
        await TestTable.CreateAsync(await emulator.StartAsync(), Cancellation, limits);

    private async Task<InterceptedDynamo> ClientAsync() => new(await emulator.StartAsync());

    private static BatchedPush Delete(long timeNs, string selector)
    {
        Assert.True(GroupSelector.TryParse(selector, out var parsed, out _));
        return new BatchedPush(new PushHeader(PushOperation.Delete, null, timeNs) { Selector = parsed }, new MetricBatch(), default, default);
    }

    private static TestPush Push(string group, long timeNs, params string[] names) => Push(group, timeNs, PushOperation.Merge, names);

    private static TestPush Push(string group, long timeNs, PushOperation operation, params string[] names) =>
        new(operation, group, timeNs, [.. names.Select(name => Series(name))]);

    // Labels and values that no compression makes much smaller.
    private protected static TestPush Large(string group, long timeNs, int series = LargePushSeries, int seed = 7)
    {
        var random = new Random(seed);
        return new TestPush(PushOperation.Merge, group, timeNs, [.. Enumerable.Range(0, series).Select(_ =>
        {
            var label = new byte[120];
            random.NextBytes(label);
            return Series("large", Convert.ToBase64String(label), random.NextDouble());
        })]);
    }

    private static TestSeries Series(string name, string label = "x", double value = 1) =>
        new(name, MetricType.Gauge, "help", name, label, [new Sample(1000, value)]);

    private static long Number(Dictionary<string, AttributeValue> item, string name) => long.Parse(item[name].N, CultureInfo.InvariantCulture);

    private protected static List<string> Held(GroupReading reading)
    {
        var held = new List<string>();
        foreach (var series in reading.Batch.Series)
        {
            var name = reading.Batch.Symbols.GetString(series.Name);
            if (!name.StartsWith("push_", StringComparison.Ordinal))
            {
                held.Add($"{name}{{{reading.Batch.Symbols.GetString(reading.Batch.LabelsOf(series)[^1].Value)}}}");
            }
        }

        return held;
    }

    // The push and the name of every series that it has ended.
    private static List<string> Stale(GroupEffects effects)
    {
        var lines = new List<string>();
        foreach (var series in effects.Stale)
        {
            var batch = new MetricBatch();
            batch.BeginPush();
            series.AddTo(batch);
            lines.Add($"{series.Push} {batch.Symbols.GetString(batch.Series[0].Name)}");
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }
}
