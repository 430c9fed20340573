using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Groups;

/// <summary>Room that was promised to an accepted push stays its own.</summary>
public sealed class GroupPlacesTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000));
    private readonly MemoryGroupStore _store;
    private long _timeNs = 1;

    public GroupPlacesTests() =>
        _store = new MemoryGroupStore(new GroupStoreOptions { MaxGroups = 2, MaxUngroupedSeries = 3, MaxSeriesPerGroup = 4 }, _time);

    [Fact]
    public void A_group_has_its_place_from_the_acceptance_of_its_first_push_on()
    {
        var (a, b, c) = (Push("job/a"), Push("job/b"), Push("job/c"));
        Assert.Null(_store.Reserve(a));
        Assert.Null(_store.Reserve(b));
        Assert.Null(_store.Reserve(Push("job/a")));
        Assert.Equal(RejectCode.TooManyGroups, _store.Reserve(c)?.Code);

        Apply(a);
        Apply(b);
        Assert.Equal(RejectCode.TooManyGroups, _store.Reserve(c)?.Code);
    }

    [Fact]
    public void What_was_accepted_before_a_restart_is_held_though_it_has_no_place()
    {
        var series = Enumerable.Range(0, 5).Select(i => Series($"v{i}")).ToArray();
        foreach (var path in (string[])["job/a", "job/b", "job/c"])
        {
            Apply(new TestPush(PushOperation.Merge, path, _timeNs++, series).ToGroupPush());
        }

        Assert.Equal(15, GroupDump.Of(_store).Count);
        Assert.Equal(RejectCode.TooManyGroups, _store.Reserve(Push("job/d"))?.Code);
    }

    [Fact]
    public void Accepted_pushes_that_are_not_applied_yet_count_towards_the_size_of_their_group()
    {
        Assert.Null(_store.Reserve(Merge("f", 3)));
        var second = Merge("g", 1);
        Assert.Null(_store.Reserve(second));
        Assert.Equal(RejectCode.GroupTooLarge, _store.Reserve(Merge("h", 1))?.Code);

        // They replace families that are awaited, or all of them.
        Assert.Null(_store.Reserve(Merge("f", 3)));
        Assert.Equal(RejectCode.GroupTooLarge, _store.Reserve(Merge("f", 4))?.Code);
        Assert.Null(_store.Reserve(Merge("f", 2)));
        Assert.Null(_store.Reserve(Merge("h", 1)));
        Assert.Null(_store.Reserve(Replace("f", 4)));
        Assert.Equal(RejectCode.GroupTooLarge, _store.Reserve(Replace("f", 5))?.Code);
        Assert.Equal(RejectCode.GroupTooLarge, _store.Reserve(Merge("g", 1))?.Code);
    }

    [Fact]
    public void A_push_that_is_not_queued_gives_the_room_for_its_series_back()
    {
        var large = Merge("f", 4);
        Assert.Null(_store.Reserve(large));
        Assert.Equal(RejectCode.GroupTooLarge, _store.Reserve(Merge("g", 1))?.Code);

        _store.Release(large.Header);

        Assert.Null(_store.Reserve(Merge("g", 4)));
    }

    [Fact]
    public void A_series_that_stands_twice_in_a_push_counts_once_and_the_times_of_pushes_do_not_count()
    {
        TestSeries[] twice = [Series("x"), Series("x"), Series("y"), Series("z"), Series("w")];
        TestSeries time = new("push_time_seconds", MetricType.Gauge, "help", "push_time_seconds", "", [new Sample(1000, 1)]);
        var push = new TestPush(PushOperation.Merge, "job/a", _timeNs++, [.. twice, time]).ToGroupPush();

        Assert.Null(_store.Reserve(push));
        Apply(push);
        Assert.Null(_store.Reserve(Merge("f", 4)));
    }

    [Fact]
    public void Of_a_hundred_pushes_of_new_families_at_once_as_many_are_accepted_as_the_group_has_room_for()
    {
        var refused = 0;
        Parallel.For(0, 100, i =>
        {
            var family = string.Create(CultureInfo.InvariantCulture, $"f{i}");
            var push = new TestPush(PushOperation.Merge, "job/a", 1 + i, [Series("x") with { Family = family, Name = family }]).ToGroupPush();
            if (_store.Reserve(push) is not null)
            {
                Interlocked.Increment(ref refused);
            }
            else
            {
                Apply(push);
            }
        });

        Assert.Equal(96, refused);
        Assert.Equal(4, GroupDump.Of(_store).Count);
    }

    [Fact]
    public void A_push_that_is_not_queued_gives_its_place_back()
    {
        var (a, b) = (Push("job/a"), Push("job/b"));
        Assert.Null(_store.Reserve(a));
        Assert.Null(_store.Reserve(b));

        _store.Release(a.Header);

        Assert.Null(_store.Reserve(Push("job/c")));
        Assert.Equal(RejectCode.TooManyGroups, _store.Reserve(Push("job/d"))?.Code);
    }

    [Fact]
    public void A_group_that_is_deleted_before_an_accepted_push_arrives_keeps_its_place_for_it()
    {
        Apply(Push("job/a"));
        Apply(Push("job/b"));
        var delete = new BatchedPush(new PushHeader(PushOperation.Delete, TestPush.Key("job/a"), _timeNs++), new MetricBatch(), default, default);
        var again = Push("job/a");
        Assert.Null(_store.Reserve(again));
        Apply(delete);

        Assert.Equal(RejectCode.TooManyGroups, _store.Reserve(Push("job/c"))?.Code);
        Apply(again);
        Apply(delete with { Header = delete.Header with { PushTimeNs = _timeNs++ } });
        Assert.Null(_store.Reserve(Push("job/c")));
    }

    [Fact]
    public void Of_a_hundred_pushes_to_new_groups_at_once_as_many_are_accepted_as_there_is_room_for()
    {
        var refused = 0;
        Parallel.For(0, 100, i =>
        {
            var push = new TestPush(PushOperation.Merge, string.Create(CultureInfo.InvariantCulture, $"job/j{i}"), 1 + i, [Series("x")]).ToGroupPush();
            if (_store.Reserve(push) is not null)
            {
                Interlocked.Increment(ref refused);
            }
            else
            {
                Apply(push);
            }
        });

        Assert.Equal(98, refused);
        Assert.Equal(2, GroupDump.Of(_store).Count);
    }

    [Fact]
    public void Ungrouped_series_for_which_there_is_no_room_are_refused_at_acceptance_and_left_out_later()
    {
        Apply(Append("a", "b"));
        Assert.Null(_store.Reserve(Append("b", "c")));
        Apply(Append("c", "d", "a"));

        Assert.Equal(3, GroupDump.Of(_store).Count);
        Assert.Null(_store.Reserve(Append("a", "b", "c")));
        Assert.Equal(RejectCode.TooManySeries, _store.Reserve(Append("a", "d"))?.Code);

        _time.Advance(GroupStoreOptions.Default.UngroupedHold);
        _store.Purge(_time.GetUtcNow());
        Assert.Null(_store.Reserve(Append("d", "e", "f")));
        Assert.Equal(RejectCode.TooManySeries, _store.Reserve(Append("d", "e", "f", "g"))?.Code);
    }

    [Fact]
    public void Series_that_nobody_is_shown_need_no_room()
    {
        var store = new MemoryGroupStore(new GroupStoreOptions { MaxUngroupedSeries = 1, UngroupedHold = TimeSpan.Zero }, _time, tracksChanges: true);

        Assert.Null(store.Reserve(Append("a", "b")));
        store.Apply(Append("a", "b"), new GroupEffects());

        Assert.True(store.TakeChanges().IsEmpty);
    }

    private static TestSeries Series(string label) => new("f", MetricType.Gauge, "help", "f", label, [new Sample(1000, 1)]);

    private BatchedPush Push(string path) => new TestPush(PushOperation.Merge, path, _timeNs++, [Series("x")]).ToGroupPush();

    private BatchedPush Append(params string[] labels) => new TestPush(
        PushOperation.Append, null, (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick, [.. labels.Select(Series)]).ToGroupPush();

    private BatchedPush Merge(string family, int count) => Brings(PushOperation.Merge, family, count);

    private BatchedPush Replace(string family, int count) => Brings(PushOperation.Replace, family, count);

    private BatchedPush Brings(PushOperation operation, string family, int count) => new TestPush(
        operation,
        "job/a",
        _timeNs++,
        [.. Enumerable.Range(0, count).Select(i => Series(string.Create(CultureInfo.InvariantCulture, $"v{i}")) with { Family = family, Name = family })])
        .ToGroupPush();

    private void Apply(BatchedPush push)
    {
        var effects = new GroupEffects();
        _store.Apply(push, effects);
        Assert.Empty(effects.Refused);
    }
}
