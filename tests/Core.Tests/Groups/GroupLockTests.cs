using System.Globalization;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Groups;

/// <summary>Several threads in one store.</summary>
public sealed class GroupLockTests
{
    private const int Threads = 4;

    [Fact]
    public async Task A_push_does_not_wait_for_the_work_on_another_group()
    {
        var store = NewStore();
        var large = Put("job/large", 300_000);
        var (small, ungrouped) = (Put("job/small", 1), Put(null, 1));
        var work = Task.Run(() => store.Apply(large, new GroupEffects()), TestContext.Current.CancellationToken);
        var applied = 0;
        while (!work.IsCompleted)
        {
            store.Apply(small, new GroupEffects());
            store.Apply(ungrouped, new GroupEffects());
            store.Write(store.TakeChanges(), new TestRows());
            applied++;
        }

        await work;
        Assert.InRange(applied, 100, int.MaxValue);
    }

    [Property(MaxTest = 100)]
    public void Whatever_threads_apply_read_purge_and_write_side_by_side_the_state_is_what_the_whole_set_stands_for(int seed)
    {
        var store = NewStore();
        var random = new Random(seed);
        var pushes = Enumerable.Range(0, 12).Select(_ => RandomPushes.Push(random)).ToArray();
        var messages = RandomPushes.Deliver(pushes, random);
        var rows = new TestRows();
        Parallel.For(0, Threads, thread =>
        {
            for (var i = thread; i < messages.Count; i += Threads)
            {
                var push = messages[i].ToGroupPush();
                var effects = new GroupEffects();
                Assert.Null(store.Reserve(push));
                store.Apply(push, effects);
                store.Confirm(effects.Stale);
                _ = GroupDump.Of(store);
                store.Purge(DateTimeOffset.UnixEpoch);
                lock (rows)
                {
                    store.Write(store.TakeChanges(), rows);
                }
            }
        });

        var loaded = NewStore();
        foreach (var (id, row) in rows.Rows)
        {
            loaded.Load(id, row);
        }

        Assert.Equal(ReferenceGroups.Grouped(pushes), GroupDump.Of(store).Order(StringComparer.Ordinal));
        Assert.Equal(GroupDump.Of(store), GroupDump.Of(loaded));
    }

    private static MemoryGroupStore NewStore() => new(
        GroupStoreOptions.Default, new FakeTimeProvider(DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(100)), tracksChanges: true);

    private static BatchedPush Put(string? path, int count) => new TestPush(
        path is null ? PushOperation.Append : PushOperation.Replace,
        path,
        1,
        [
            .. Enumerable.Range(0, count).Select(i =>
                new TestSeries("f", MetricType.Gauge, "help", "f", i.ToString(CultureInfo.InvariantCulture), [new Sample(1000, 1)])),
        ]).ToGroupPush();
}
