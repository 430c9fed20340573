using PushGateway.Buffers;
using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Groups;

/// <summary>A push that was cut into several messages takes effect as a whole, or not at all. The group is stored after each message.</summary>
public sealed class PushPartsTests
{
    private const long Ms = 1_000_000;

    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(1);

    private readonly List<string> _told = [];
    private GroupRow _group = new("job/a");
    private DateTimeOffset _now = Start;
    private bool _wasWritten;

    private static long StartMs => Start.ToUnixTimeMilliseconds();

    [Fact]
    public void Nothing_changes_until_the_last_part_is_there()
    {
        Apply(Push(0, "a", "b", "c"));
        Assert.Equal("1 of the 3 parts of a push have come", Apply(Push(10, "a") with { Part = new(2, 3) }));
        Assert.Equal("2 of the 3 parts of a push have come", Apply(Push(10, "b") with { Part = new(3, 3) }));
        Assert.Equal("2 of the 3 parts of a push have come", Apply(Push(10, "b") with { Part = new(3, 3) }));
        Assert.False(_wasWritten, "a part that is there is written again");
        Assert.Equal("a@0 b@0 c@0", Held());
        Assert.Empty(_told);

        Assert.Null(Apply(Push(10, "d") with { Part = new(1, 3) }));

        Assert.Equal("a@10 b@10 d@10", Held());
        Assert.Equal(["c"], _told);
    }

    [Fact]
    public void Parts_that_come_again_change_nothing()
    {
        Apply(Push(10, "a") with { Part = new(1, 2) });
        Apply(Push(10, "b") with { Part = new(2, 2) });
        Apply(Push(20, "c"));
        _told.Clear();

        Assert.Null(Apply(Push(10, "a") with { Part = new(1, 2) }));
        Assert.Null(Apply(Push(10, "b") with { Part = new(2, 2) }));
        Assert.Equal("c@20", Held());

        Assert.Empty(_told);

        _now += TimeSpan.FromHours(3);
        Assert.Null(Apply(Push(10, "a") with { Part = new(1, 2) }));
        Assert.Equal("c@20", Held());
    }

    [Fact]
    public void A_part_that_comes_first_after_an_hour_is_applied_as_it_comes()
    {
        _now += TimeSpan.FromHours(2);
        Apply(Push(20, "c") with { Operation = PushOperation.Merge, Series = [Series("other", "c", 20)] });
        Assert.Null(Apply(Push(10, "a") with { Operation = PushOperation.Merge, Part = new(1, 2) }));
        Assert.Equal("a@10 c@20", Held());
    }

    [Fact]
    public void A_push_whose_parts_come_after_a_newer_one_is_overtaken_as_a_whole()
    {
        Apply(Push(10, "a") with { Part = new(1, 2) });
        Apply(Push(20, "c"));
        Assert.Null(Apply(Push(10, "b") with { Part = new(2, 2) }));

        Assert.Equal("c@20", Held());
        Assert.Equal(["a", "b"], _told);
    }

    [Fact]
    public void Parts_without_the_others_are_refused_after_a_while_and_leave_no_trace()
    {
        Apply(Push(0, "a"));
        Assert.NotNull(Apply(Push(10, "b") with { Part = new(1, 2) }));
        _now += TimeSpan.FromMinutes(59);
        Assert.NotNull(Apply(Push(10, "b") with { Part = new(1, 2) }));

        const string incomplete = "push-incomplete: 1 of the 2 parts of the push have come within 60 minutes; nothing of it took effect";
        _now += TimeSpan.FromMinutes(2);
        Assert.Equal(incomplete, Apply(Push(10, "b") with { Part = new(1, 2) }));

        // The other part comes after all. The first is a dead letter already.
        Assert.Equal(incomplete, Apply(Push(10, "c") with { Part = new(2, 2) }));
        Assert.Equal("a@0", Held());
        Assert.Empty(_told);

        _now += TimeSpan.FromDays(15);
        Apply(Push(0, "a"));
        Assert.Equal(Row(WithOnly(Push(0, "a"))).Length, Row(_group).Length);
    }

    [Fact]
    public void Parts_that_disagree_on_their_number_are_refused()
    {
        Apply(Push(10, "a") with { Part = new(1, 2) });

        Assert.StartsWith("message-invalid: the parts of a push disagree", Apply(Push(10, "b") with { Part = new(3, 3) }), StringComparison.Ordinal);
        Assert.StartsWith("message-invalid: the parts of a push disagree", Apply(Push(10, "a") with { Part = new(1, 2) }), StringComparison.Ordinal);
        Assert.Equal("", Held());
    }

    [Fact]
    public void Of_pushes_that_are_never_whole_the_last_hundred_are_kept()
    {
        for (var time = 1; time <= 1000; time++)
        {
            Assert.NotNull(Apply(Push(time, "a") with { Part = new(1, 2) }));
        }

        Assert.InRange(Row(_group).Length, 1, 100 * 100);
    }

    [Fact]
    public void Of_a_group_that_never_was_the_parts_are_forgotten_like_a_deleted_group()
    {
        Assert.Null(_group.TombstoneOfNs);
        Apply(Push(10, "a") with { Part = new(1, 2) });
        Assert.Equal(StartMs * Ms, _group.TombstoneOfNs);

        Apply(Push(10, "b") with { Part = new(2, 2) });
        Assert.Null(_group.TombstoneOfNs);
    }

    [Fact]
    public void A_push_too_large_as_a_whole_is_refused_with_every_part()
    {
        var limit = GroupStoreOptions.Default with { MaxSeriesPerGroup = 3 };
        Apply(Push(0, "x"), limit);
        Apply(Push(10, "a", "b") with { Part = new(1, 2) }, limit);

        Assert.StartsWith("group-too-large", Apply(Push(10, "c", "d") with { Part = new(2, 2) }, limit), StringComparison.Ordinal);
        Assert.StartsWith("group-too-large", Apply(Push(10, "a", "b") with { Part = new(1, 2) }, limit), StringComparison.Ordinal);
        Assert.Equal("x@0", Held());
        Assert.Empty(_told);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void In_whatever_order_the_parts_of_several_pushes_come_the_group_is_as_with_whole_ones(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var whole = Enumerable.Range(1, 4).Select(time => new TestPush(
                random.Next(2) == 0 ? PushOperation.Merge : PushOperation.Replace,
                "job/a",
                (StartMs + time) * Ms,
                [.. Enumerable.Range(0, 6).Where(_ => random.Next(2) == 0).Select(i => Series($"f{i % 2}", $"{i}", time))])).ToList();
            var messages = whole.SelectMany(push => Cut(push, random)).SelectMany(part => Enumerable.Repeat(part, random.Next(1, 3))).ToArray();
            random.Shuffle(messages);

            _group = new GroupRow("job/a");
            Array.ForEach(messages, message => Apply(message));
            var held = Held();
            _group = new GroupRow("job/a");
            whole.ForEach(push => Apply(push));
            Assert.Equal(Held(), held);
        }
    }

    private static IEnumerable<TestPush> Cut(TestPush push, Random random)
    {
        var parts = push.Series.Chunk(random.Next(1, 4)).ToList();
        return parts.Count < 2 ? [push] : parts.Select((part, i) => push with { Series = part, Part = new(i + 1, parts.Count) });
    }

    // The value of a series is the time of its push.
    private static TestSeries Series(string family, string label, long timeMs) =>
        new(family, MetricType.Gauge, "help", family, label, [new Sample(StartMs + timeMs, timeMs)]);

    private static TestPush Push(long timeMs, params string[] labels) =>
        new(PushOperation.Replace, "job/a", (StartMs + timeMs) * Ms, [.. labels.Select(label => Series("f", label, timeMs))]);

    private static byte[] Row(GroupRow group)
    {
        using var row = new PooledBuffer();
        group.WriteRow(row);
        return row.Written.ToArray();
    }

    private static GroupRow WithOnly(TestPush push)
    {
        var group = new GroupRow("job/a");
        Assert.Null(group.Apply(push.ToGroupPush(), GroupStoreOptions.Default, tellsSink: true, Start));
        return group;
    }

    // Returns what the push waits for, or why it was refused.
    private string? Apply(TestPush push, GroupStoreOptions? options = null)
    {
        var applied = push.ToGroupPush();
        var refusal = _group.Apply(applied, options ?? GroupStoreOptions.Default, tellsSink: true, _now);
        var effects = new GroupEffects();
        _group.ReadEnded(push.TimeNs, 0, effects);
        foreach (var marker in effects.Stale)
        {
            var batch = new MetricBatch();
            batch.BeginPush();
            marker.AddTo(batch);
            _told.Add(batch.Symbols.GetString(batch.LabelsOf(batch.Series[0])[0].Value));
        }

        var waiting = _group.WaitingFor(applied.Header);
        _wasWritten = _group.HasChanged;
        _group = GroupRow.ReadRow(Row(_group));
        return refusal is null ? waiting : $"{refusal.Code}: {refusal.Detail}";
    }

    private string Held()
    {
        var reading = new GroupReading();
        _group.Show(reading);
        var batch = reading.Batch;
        return string.Join(' ', batch.Series.ToArray()
            .Where(series => !batch.Symbols[series.Name].StartsWith("push_"u8))
            .Select(series => $"{batch.Symbols.GetString(batch.LabelsOf(series)[^1].Value)}@{batch.SamplesOf(series)[0].Value}"));
    }
}
