using FsCheck.Xunit;
using PushGateway.Aws.DynamoDb;
using PushGateway.Core.Tests.Groups;
using PushGateway.Groups;
using Xunit;

namespace PushGateway.Aws.Tests.DynamoDb;

/// <summary>The properties of the group store in memory, held by several workers on one table.</summary>
public sealed class DynamoGroupStoreProperties(DynaliteEmulator emulator) : IClassFixture<DynaliteEmulator>
{
    private const int Workers = 3;

    // Nearly every group is cut.
    private static readonly DynamoGroupLimits Tiny = new() { MaxItemBytes = 300, ChunkBytes = 100, MaxChunks = 10_000 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Property(MaxTest = 60)]
    public async Task Whatever_workers_apply_side_by_side_the_state_is_what_the_whole_set_stands_for(int seed)
    {
        var random = new Random(seed);
        var pushes = Enumerable.Range(0, random.Next(1, 12)).Select(_ => RandomPushes.Push(random)).ToArray();
        using var table = await TestTable.CreateAsync(await emulator.StartAsync(), Cancellation, seed % 2 == 0 ? Tiny : null);
        var memory = new MemoryGroupStore(GroupStoreOptions.Default, table.Time);
        foreach (var push in RandomPushes.Deliver(pushes, random))
        {
            memory.Apply(push.ToGroupPush(), new GroupEffects());
        }

        var waiting = new Waiting(RandomPushes.Deliver(pushes, random));
        await RunWorkersAsync(table, random, async (store, own) =>
        {
            while (waiting.Take(own) is { Count: > 0 } batch)
            {
                var effects = new GroupEffects();
                await store.ApplyAsync([.. batch.Select(push => push.ToGroupPush())], effects, Cancellation);
                if (effects.Failed.Count > 0)
                {
                    waiting.GiveBack(batch);
                }
            }
        });

        var held = GroupDump.Of(await table.ReadAsync());
        Assert.Equal(ReferenceGroups.Grouped(pushes), held.Order(StringComparer.Ordinal));
        Assert.Equal(GroupDump.Of(memory), held);
    }

    [Property(MaxTest = 60)]
    public async Task Whatever_the_order_and_the_crashes_the_series_that_the_sink_holds_not_stale_are_those_of_the_state(int seed)
    {
        var random = new Random(seed);
        var pushes = Enumerable.Range(1, random.Next(2, 12)).Select(number => RandomPushes.PushAt(random, random.Next(1, 2 * number))).ToArray();
        using var table = await TestTable.CreateAsync(await emulator.StartAsync(), Cancellation, seed % 2 == 0 ? Tiny : null);
        var sink = new ReferenceSink();
        var waiting = new Waiting(RandomPushes.Deliver(pushes, random));
        await RunWorkersAsync(table, random, async (store, own) =>
        {
            while (waiting.Take(own) is { Count: > 0 } batch)
            {
                if (!await DeliverAsync(store, batch, sink, own))
                {
                    waiting.GiveBack(batch);
                }
            }
        });

        // A worker may have found nothing to do while another had yet to give its batch back.
        while (waiting.Take(random) is { Count: > 0 } rest)
        {
            await DeliverAsync(table.Store, rest, sink, random: null);
        }

        Assert.Equal(ReferenceGroups.Identities(pushes), sink.Live());

        // Nothing stays behind that is neither shown nor about to be forgotten.
        var shown = (await table.ReadAsync()).Groups.Select(group => group.Key.Path).ToHashSet();
        foreach (var path in pushes.Select(push => push.Group!).Distinct())
        {
            Assert.True(shown.Contains(path) != (await table.ItemAsync(path)).ContainsKey(DynamoGroupTable.ForgetAt));
        }
    }

    // Whether the messages are done with: a worker may die before the sink has their effects, before they are confirmed, and after.
    private static async Task<bool> DeliverAsync(DynamoGroupStore store, List<TestPush> batch, ReferenceSink sink, Random? random)
    {
        var effects = new GroupEffects();
        var pushes = batch.Select(push => push.ToGroupPush()).ToList();
        await store.ApplyAsync(pushes, effects, Cancellation);
        if (effects.Failed.Count > 0 || random?.Next(4) == 0)
        {
            return false;
        }

        lock (sink)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                sink.Take(batch[i], effects.Stale.Where(series => series.Push == i));
            }
        }

        if (random?.Next(4) == 0)
        {
            return false;
        }

        await store.ConfirmAsync(effects.Stale, Cancellation);
        return random?.Next(4) != 0;
    }

    private async Task RunWorkersAsync(TestTable table, Random random, Func<DynamoGroupStore, Random, Task> work)
    {
        var address = await emulator.StartAsync();
        var clients = Enumerable.Range(0, Workers).Select(_ => new InterceptedDynamo(address)).ToList();
        var seeds = clients.Select(_ => random.Next()).ToList();
        await Task.WhenAll(clients.Zip(seeds, (client, seed) => work(table.NewStore(client), new Random(seed))));
    }

    /// <summary>The queue.</summary>
    private sealed class Waiting(List<TestPush> messages)
    {
        /// <summary>Up to four of the messages, in any order; none when there is none.</summary>
        public List<TestPush> Take(Random random)
        {
            lock (messages)
            {
                var batch = new List<TestPush>();
                for (var count = random.Next(1, 5); count > 0 && messages.Count > 0; count--)
                {
                    var next = random.Next(messages.Count);
                    batch.Add(messages[next]);
                    messages.RemoveAt(next);
                }

                return batch;
            }
        }

        public void GiveBack(List<TestPush> batch)
        {
            lock (messages)
            {
                messages.AddRange(batch);
            }
        }
    }
}
