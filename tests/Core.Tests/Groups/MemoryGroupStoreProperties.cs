using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Groups;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Groups;

public sealed class MemoryGroupStoreProperties
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(100);

    [Property(MaxTest = 1000)]
    public void Any_order_of_the_same_pushes_gives_the_state_that_the_whole_set_stands_for(int seed)
    {
        var random = new Random(seed);
        var pushes = Enumerable.Range(0, random.Next(1, 12)).Select(_ => RandomPushes.Push(random)).ToArray();
        var expected = ReferenceGroups.Grouped(pushes);

        var first = Apply(RandomPushes.Deliver(pushes, random));
        var second = Apply(RandomPushes.Deliver(pushes, random));

        Assert.Equal(expected, GroupDump.Of(first).Order(StringComparer.Ordinal));
        Assert.Equal(GroupDump.Of(first), GroupDump.Of(second));
    }

    [Property(MaxTest = 500)]
    public void Of_an_ungrouped_series_the_latest_sample_is_held_whatever_the_order(int seed)
    {
        var random = new Random(seed);
        var pushes = Enumerable.Range(0, random.Next(1, 8)).Select(_ => RandomPushes.Push(random) with { Operation = PushOperation.Append, Group = null }).ToArray();

        var first = Apply(RandomPushes.Deliver(pushes, random));
        var second = Apply(RandomPushes.Deliver(pushes, random));

        Assert.Equal(ReferenceGroups.Ungrouped(pushes), GroupDump.Of(first).Select(WithoutFamily).Order(StringComparer.Ordinal));
        Assert.Equal(GroupDump.Of(first), GroupDump.Of(second));
    }

    [Property(MaxTest = 1000)]
    public void Whatever_the_order_and_the_failures_the_series_that_the_sink_holds_not_stale_are_those_of_the_state(int seed)
    {
        var random = new Random(seed);
        var pushes = Enumerable.Range(1, random.Next(2, 12)).Select(number => RandomPushes.PushAt(random, random.Next(1, 2 * number))).ToArray();
        var store = NewStore();
        var rows = new TestRows();
        var sink = new ReferenceSink();
        var waiting = RandomPushes.Deliver(pushes, random);
        var unsaved = new List<TestPush>();
        while (waiting.Count > 0)
        {
            var next = random.Next(waiting.Count);
            var message = waiting[next];
            var push = message.ToGroupPush();
            var effects = new GroupEffects();
            store.Apply(push, effects);
            if (random.Next(3) > 0)
            {
                sink.Take(message, effects.Stale);
                store.Confirm(effects.Stale);
                waiting.RemoveAt(next);
                unsaved.Add(message);
            }

            if (random.Next(3) == 0)
            {
                Save(store, rows);
                unsaved.Clear();
            }

            // As in the embedded store, what was not saved comes again with the messages that led to it.
            if (random.Next(6) == 0)
            {
                store = Load(rows);
                waiting.AddRange(unsaved);
                unsaved.Clear();
            }
        }

        Assert.Equal(ReferenceGroups.Identities(pushes), sink.Live());
    }

    [Property(MaxTest = 200)]
    public void What_is_written_row_by_row_and_loaded_is_the_same_state_and_goes_on_as_one(int seed)
    {
        var random = new Random(seed);
        var before = Enumerable.Range(0, 8).Select(_ => RandomPushes.Push(random)).ToArray();
        var after = Enumerable.Range(0, 4).Select(_ => RandomPushes.Push(random)).ToArray();
        var original = NewStore();
        var rows = new TestRows();
        foreach (var push in before)
        {
            Apply(original, push);
            if (random.Next(2) == 0)
            {
                Save(original, rows);
            }
        }

        Save(original, rows);
        var loaded = Load(rows);

        Assert.Equal(GroupDump.Of(original), GroupDump.Of(loaded));
        foreach (var push in after)
        {
            Apply(original, push);
            Apply(loaded, push);
        }

        Assert.Equal(GroupDump.Of(original), GroupDump.Of(loaded));
    }

    [Property(MaxTest = 200)]
    public void A_repeated_push_changes_nothing_that_would_have_to_be_written(int seed)
    {
        var random = new Random(seed);
        var pushes = Enumerable.Range(0, 8).Select(_ => RandomPushes.Push(random)).ToArray();
        var store = Apply(pushes);
        store.TakeChanges();

        foreach (var push in pushes)
        {
            Apply(store, push);
        }

        Assert.True(store.TakeChanges().IsEmpty);
    }

    private static string WithoutFamily(string line) => " Unspecified " + line[line.IndexOf(": ", StringComparison.Ordinal)..];

    private static MemoryGroupStore NewStore() => new(GroupStoreOptions.Default, new FakeTimeProvider(Now), tracksChanges: true);

    private static MemoryGroupStore Apply(IEnumerable<TestPush> pushes)
    {
        var store = NewStore();
        foreach (var push in pushes)
        {
            Apply(store, push);
        }

        return store;
    }

    private static void Apply(MemoryGroupStore store, TestPush push) => store.Apply(push.ToGroupPush(), new GroupEffects { TellsSink = false });

    private static void Save(MemoryGroupStore store, TestRows rows) => store.Write(store.TakeChanges(), rows);

    private static MemoryGroupStore Load(TestRows rows)
    {
        var store = NewStore();
        foreach (var (id, row) in rows.Rows)
        {
            store.Load(id, row);
        }

        return store;
    }
}
