using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Queue;
using Xunit;

namespace PushGateway.Core.Tests.Groups;

public sealed class MemoryGroupStoreProperties
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(100);

    [Property(MaxTest = 1000)]
    public void Any_order_of_the_same_pushes_gives_the_state_that_the_whole_set_stands_for(int seed)
    {
        var random = new Random(seed);
        var pushes = Enumerable.Range(0, random.Next(1, 12)).Select(_ => Push(random)).ToArray();
        var expected = ReferenceGroups.Grouped(pushes);

        var first = Apply(Deliver(pushes, random));
        var second = Apply(Deliver(pushes, random));

        Assert.Equal(expected, GroupDump.Of(first).Order(StringComparer.Ordinal));
        Assert.Equal(GroupDump.Of(first), GroupDump.Of(second));
    }

    [Property(MaxTest = 500)]
    public void Of_an_ungrouped_series_the_latest_sample_is_held_whatever_the_order(int seed)
    {
        var random = new Random(seed);
        var pushes = Enumerable.Range(0, random.Next(1, 8)).Select(_ => Push(random) with { Operation = PushOperation.Append, Group = null }).ToArray();

        var first = Apply(Deliver(pushes, random));
        var second = Apply(Deliver(pushes, random));

        Assert.Equal(ReferenceGroups.Ungrouped(pushes), GroupDump.Of(first).Select(WithoutFamily).Order(StringComparer.Ordinal));
        Assert.Equal(GroupDump.Of(first), GroupDump.Of(second));
    }

    [Property(MaxTest = 1000)]
    public void Whatever_the_order_and_the_failures_the_series_that_the_sink_holds_not_stale_are_those_of_the_state(int seed)
    {
        var random = new Random(seed);
        var pushes = Enumerable.Range(1, random.Next(2, 12)).Select(number => PushAt(random, random.Next(1, 2 * number))).ToArray();
        var store = NewStore();
        var rows = new TestRows();
        var sink = new ReferenceSink();
        var waiting = Deliver(pushes, random);
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
                sink.Take(message, effects);
                store.Confirm(push.Header);
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
        var before = Enumerable.Range(0, 8).Select(_ => Push(random)).ToArray();
        var after = Enumerable.Range(0, 4).Select(_ => Push(random)).ToArray();
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
        var pushes = Enumerable.Range(0, 8).Select(_ => Push(random)).ToArray();
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

    // As pushes come: their samples have their time. Ten milliseconds lie between two of them.
    private static TestPush PushAt(Random random, int number)
    {
        var timeMs = number * 10L;
        var push = Push(random);
        return push with
        {
            TimeNs = timeMs * 1_000_000,
            Series = [.. push.Series.Select(series => series with { Samples = [new Sample(timeMs, random.Next(4))] })],
        };
    }

    // Each push cut into messages at random, some messages twice, all in random order.
    private static List<TestPush> Deliver(TestPush[] pushes, Random random)
    {
        var messages = pushes.SelectMany(push => push.Split(random)).ToList();
        messages.AddRange(messages.Where(_ => random.Next(3) == 0).ToList());
        var delivered = messages.ToArray();
        random.Shuffle(delivered);
        return [.. delivered];
    }

    // Few different values, so that times, series and samples meet.
    private static TestPush Push(Random random)
    {
        var operation = random.Next(8) switch
        {
            0 => PushOperation.Delete,
            1 => PushOperation.Expire,
            2 => PushOperation.Fail,
            3 or 4 => PushOperation.Replace,
            _ => PushOperation.Merge,
        };
        var timeNs = random.Next(1, 7);
        var series = operation switch
        {
            PushOperation.Delete or PushOperation.Expire => [],
            PushOperation.Fail => [Failure],
            _ => Enumerable.Range(0, random.Next(0, 7)).Select(_ => Series(random)).ToArray(),
        };
        return new TestPush(operation, $"job/j{random.Next(2)}", timeNs, WithOneHeaderPerFamily(series));
    }

    private static TestSeries Failure => new("push_failure_time_seconds", MetricType.Gauge, "", "push_failure_time_seconds", "v0", [new Sample(2, 2)]);

    private static TestSeries Series(Random random)
    {
        var family = $"f{random.Next(3)}";
        var samples = Enumerable.Range(0, random.Next(1, 3)).Select(_ => random.Next(3) == 0
            ? new Sample(random.Next(1, 4), 0, Histogram: random.Next(1, 4))
            : new Sample(random.Next(1, 4), random.Next(4) switch { 0 => double.NaN, 1 => -1, var other => other }, random.Next(2) == 0));
        return new TestSeries(
            family, (MetricType)random.Next(3), $"help {random.Next(2)}", family + (random.Next(3) == 0 ? "_sum" : ""), $"v{random.Next(3)}", [.. samples]);
    }

    private static TestSeries[] WithOneHeaderPerFamily(TestSeries[] series) =>
        [.. series.Select(one => one with { Type = series.First(other => other.Family == one.Family).Type, Help = series.First(other => other.Family == one.Family).Help })];
}
