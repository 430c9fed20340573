using Microsoft.Extensions.Time.Testing;
using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Groups;

public sealed class MemoryGroupStoreTests
{
    private const string Group = "job/backup";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000));
    private readonly GroupEffects _effects = new() { TellsSink = false };
    private readonly MemoryGroupStore _store;

    public MemoryGroupStoreTests() => _store = new MemoryGroupStore(GroupStoreOptions.Default, _time, tracksChanges: true);

    [Fact]
    public void A_merge_replaces_the_families_it_names_and_leaves_the_others()
    {
        Apply(PushOperation.Merge, 1, ("a", "old", 1), ("b", "kept", 2));
        Apply(PushOperation.Merge, 2, ("a", "new", 3));

        Assert.Equal(["a{new} 3", "b{kept} 2"], Held());
    }

    [Fact]
    public void A_replace_leaves_nothing_else_in_the_group()
    {
        Apply(PushOperation.Merge, 1, ("a", "x", 1), ("b", "y", 2));
        Apply(PushOperation.Replace, 2, ("c", "z", 3));

        Assert.Equal(["c{z} 3"], Held());
    }

    [Fact]
    public void A_late_push_does_not_bring_a_deleted_group_back()
    {
        Apply(PushOperation.Delete, 5);
        Apply(PushOperation.Merge, 4, ("a", "x", 1));
        Apply(PushOperation.Replace, 5, ("a", "x", 1));
        Assert.Empty(Held());

        Apply(PushOperation.Merge, 6, ("a", "x", 2));
        Assert.Equal(["a{x} 2"], Held());
    }

    [Fact]
    public void Groups_come_in_the_order_of_their_paths_and_without_timestamps()
    {
        foreach (var path in (string[])["job/z", "job/a", "job/m"])
        {
            Apply(new TestPush(PushOperation.Merge, path, 1_000_000_000, [Series("f", path, 1)]));
        }

        Assert.Equal(["f{job/a} 1", "f{job/m} 1", "f{job/z} 1"], Held());
        Assert.All(GroupDump.Of(_store), line => Assert.EndsWith($"@{Sample.NoTimestamp}", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_deleted_group_is_forgotten_after_the_retention_and_its_row_removed()
    {
        var deletedAt = Nanoseconds(_time.GetUtcNow());
        var rows = new TestRows();
        Apply(PushOperation.Delete, deletedAt);
        Save(rows);
        Assert.Single(rows.Rows);

        _time.Advance(GroupStoreOptions.Default.TombstoneRetention - TimeSpan.FromSeconds(1));
        _store.Purge(_time.GetUtcNow());
        Apply(PushOperation.Merge, deletedAt - 1, ("a", "x", 1));
        Assert.Empty(Held());

        _time.Advance(TimeSpan.FromSeconds(1));
        _store.Purge(_time.GetUtcNow());
        Save(rows);
        Assert.Empty(rows.Rows);
        Apply(PushOperation.Merge, deletedAt - 1, ("a", "x", 1));
        Assert.Equal(["a{x} 1"], Held());
    }

    [Fact]
    public void An_ungrouped_series_is_held_with_its_timestamp_for_the_time_set_and_its_row_removed()
    {
        var rows = new TestRows();
        Apply(new TestPush(PushOperation.Append, null, Nanoseconds(_time.GetUtcNow()), [Series("f", "x", 7)]));
        Assert.EndsWith("@1000", Assert.Single(GroupDump.Of(_store)), StringComparison.Ordinal);
        Save(rows);
        Assert.Single(rows.Rows);

        _time.Advance(GroupStoreOptions.Default.UngroupedHold - TimeSpan.FromSeconds(1));
        _store.Purge(_time.GetUtcNow());
        Assert.Single(GroupDump.Of(_store));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(GroupDump.Of(_store));
        _store.Purge(_time.GetUtcNow());
        Save(rows);
        Assert.Empty(rows.Rows);
    }

    [Fact]
    public void A_series_that_was_forgotten_comes_back_behind_the_one_that_it_always_follows()
    {
        Append("x", "y");
        _time.Advance(TimeSpan.FromSeconds(1));
        Append("x");
        _time.Advance(GroupStoreOptions.Default.UngroupedHold - TimeSpan.FromSeconds(1));
        _store.Purge(_time.GetUtcNow());
        Assert.Single(GroupDump.Of(_store));

        Append("x", "y");

        Assert.Equal(2, GroupDump.Of(_store).Count);

        void Append(params string[] labels) =>
            Apply(new TestPush(PushOperation.Append, null, Nanoseconds(_time.GetUtcNow()), [.. labels.Select(label => Series("f", label, 1))]));
    }

    [Fact]
    public async Task A_group_is_due_to_expire_once_its_time_to_live_has_passed_since_its_last_push()
    {
        Push("job/a", TimeSpan.FromMinutes(15));
        Push("job/kept", null);
        _time.Advance(TimeSpan.FromMinutes(10));
        Push("job/a", TimeSpan.FromMinutes(15));
        var last = Nanoseconds(_time.GetUtcNow());
        _time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromMilliseconds(1));
        Assert.Empty(await _store.FindExpiredAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));

        _time.Advance(TimeSpan.FromMilliseconds(1));
        var expiry = Assert.Single(await _store.FindExpiredAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));

        Assert.Equal(new PushHeader(PushOperation.Expire, TestPush.Key("job/a"), last) { TimeToLive = TimeSpan.FromMinutes(15) }, expiry);
    }

    [Fact]
    public async Task An_expiry_is_due_again_until_the_sink_has_its_markers_which_stand_at_the_end_of_the_time_to_live()
    {
        var pushed = _time.GetUtcNow();
        Push("job/a", TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromMinutes(2));
        var expiry = Assert.Single(await _store.FindExpiredAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
        var push = new BatchedPush(expiry, new MetricBatch(), default, default);
        var effects = new GroupEffects();
        for (var i = 0; i < 2; i++)
        {
            effects.Clear();
            _store.Apply(push, effects);

            Assert.Empty(Held());
            var markers = new MetricBatch();
            Assert.Single(effects.Stale).AddTo(markers);
            Assert.Equal((pushed + TimeSpan.FromMinutes(1)).ToUnixTimeMilliseconds() - 1, markers.Samples[0].TimestampMs);
            Assert.Equal([expiry], await _store.FindExpiredAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
        }

        _store.Confirm(effects.Stale);
        Assert.Empty(await _store.FindExpiredAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_was_pushed_after_the_last_push_that_had_arrived_survives_the_expiry()
    {
        Push("job/a", TimeSpan.FromMinutes(1));
        var late = new TestPush(PushOperation.Merge, "job/a", Nanoseconds(_time.GetUtcNow()) + 1, [Series("f", "late", 2)]);
        _time.Advance(TimeSpan.FromMinutes(1));
        var expiry = Assert.Single(await _store.FindExpiredAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
        _store.Apply(new BatchedPush(expiry, new MetricBatch(), default, default), _effects);
        Assert.Empty(Held());

        Apply(late);

        Assert.Equal(["f{late} 2"], Held());
    }

    [Fact]
    public async Task What_an_expiry_has_ended_that_is_lost_on_its_way_is_told_by_the_next_push()
    {
        Push("job/a", TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromMinutes(1));
        var expiry = Assert.Single(await _store.FindExpiredAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
        var effects = new GroupEffects();
        _store.Apply(new BatchedPush(expiry, new MetricBatch(), default, default), effects);
        var lost = Assert.Single(effects.Stale);
        effects.Clear();

        _store.Apply(new TestPush(PushOperation.Merge, "job/a", Nanoseconds(_time.GetUtcNow()), [Series("g", "new", 2)]).ToGroupPush(), effects);

        Assert.Equal(lost.TimestampMs, Assert.Single(effects.Stale).TimestampMs);
        _store.Confirm(effects.Stale);
        Assert.Empty(await _store.FindExpiredAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_replace_keeps_the_time_of_the_last_failure_and_a_delete_does_not()
    {
        var failure = Series("push_failure_time_seconds", "x", 7);
        Apply(new TestPush(PushOperation.Fail, Group, 2, [failure]));
        Apply(PushOperation.Replace, 3, ("a", "y", 1));
        Assert.Contains(GroupDump.Of(_store), line => line.Contains("push_failure_time_seconds{x}", StringComparison.Ordinal));

        Apply(PushOperation.Delete, 4);
        Apply(new TestPush(PushOperation.Fail, Group, 3, [failure]));
        Assert.Empty(GroupDump.Of(_store));
    }

    [Fact]
    public void A_group_of_which_only_a_failure_is_known_was_never_pushed()
    {
        Apply(new TestPush(PushOperation.Fail, Group, 2, [Series("push_failure_time_seconds", "x", 7)]));
        var reading = new GroupReading();
        _store.OpenScan().ReadOn(reading, TestContext.Current.CancellationToken);

        var group = Assert.Single(reading.Groups);
        Assert.Equal(Group, group.Key.Path);
        Assert.Equal(group.End, reading.GroupsEnd);
        var success = reading.Batch.Series[^1];
        Assert.Equal("push_time_seconds", reading.Batch.Symbols.GetString(success.Name));
        Assert.Equal(new Sample(Sample.NoTimestamp, 0), reading.Batch.SamplesOf(success)[0]);
        Assert.Equal("backup", reading.Batch.Symbols.GetString(Assert.Single(reading.Batch.LabelsOf(success).ToArray()).Value));
    }

    [Fact]
    public void A_delete_by_selector_deletes_the_groups_that_it_takes_as_of_its_time()
    {
        Assert.True(GroupSelector.TryParse("job=\"a\"", out var selector, out _));
        Push("job/a", null);
        Push("job/a/instance/1", null);
        Push("job/b", null);
        var delete = new PushHeader(PushOperation.Delete, null, Nanoseconds(_time.GetUtcNow())) { Selector = selector };
        Apply(new TestPush(PushOperation.Merge, "job/a/instance/2", delete.PushTimeNs + 1, [Series("f", "later", 3)]));

        var push = new BatchedPush(delete, new MetricBatch(), default, default);
        var effects = new GroupEffects();
        _store.Apply(push, effects);

        Assert.Equal(["f{later} 3", "f{job/b} 1"], Held());
        Assert.Equal(2, effects.Stale.Count);
        _store.Confirm(effects.Stale);
        effects.Clear();
        _store.Apply(push, effects);
        Assert.Empty(effects.Stale);
    }

    [Fact]
    public void What_one_part_of_a_push_has_ended_is_told_until_the_sink_has_that_whatever_is_confirmed_of_the_other()
    {
        Apply(PushOperation.Merge, 1, ("a", "x", 1), ("b", "x", 1));
        var first = new TestPush(PushOperation.Merge, Group, 5_000_000, [Series("a", "y", 2)]).ToGroupPush();
        var second = new TestPush(PushOperation.Merge, Group, 5_000_000, [Series("b", "y", 2)]).ToGroupPush();
        var (ofFirst, ofSecond) = (new GroupEffects(), new GroupEffects());
        _store.Apply(first, ofFirst);
        _store.Apply(second, ofSecond);

        _store.Confirm(ofFirst.Stale);

        ofSecond.Clear();
        _store.Apply(second, ofSecond);
        var markers = new MetricBatch();
        Assert.Single(ofSecond.Stale).AddTo(markers);
        Assert.Equal("b", markers.Symbols.GetString(markers.Series[0].Name));
    }

    [Fact]
    public void A_push_for_which_there_is_no_room_is_refused_and_changes_nothing()
    {
        var store = new MemoryGroupStore(new GroupStoreOptions { MaxGroups = 2, MaxSeriesPerGroup = 2 }, _time);
        Assert.Null(Refusal("job/a", PushOperation.Merge, "x", "y"));
        Assert.Null(Refusal("job/b", PushOperation.Merge, "x"));
        Assert.Equal(RejectCode.TooManyGroups, Refusal("job/c", PushOperation.Merge, "x"));
        Assert.Equal(RejectCode.GroupTooLarge, Refusal("job/a", PushOperation.Merge, "z"));
        Assert.Equal(RejectCode.GroupTooLarge, Refusal("job/b", PushOperation.Replace, "x", "y", "z"));
        Assert.Null(Refusal("job/a", PushOperation.Merge, "x"));
        Assert.Null(Refusal("job/a", PushOperation.Replace, "z"));
        Assert.Null(Refusal("job/b", PushOperation.Delete));
        Assert.Null(Refusal("job/c", PushOperation.Merge, "x"));
        Assert.Equal(2, GroupDump.Of(store).Count);

        string? Refusal(string path, PushOperation operation, params string[] families)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            var series = families.Select(family => Series(family, "v", 1)).ToArray();
            var push = new TestPush(operation, path, Nanoseconds(_time.GetUtcNow()), series).ToGroupPush();
            if (store.Reserve(push) is { } refusal)
            {
                return refusal.Code;
            }

            store.Apply(push, new GroupEffects());
            return null;
        }
    }

    [Fact]
    public void A_group_that_many_pushes_hit_is_written_once()
    {
        for (var time = 1; time <= 100; time++)
        {
            Apply(PushOperation.Merge, time, ("a", "x", time));
        }

        var rows = new CountedRows();
        _store.Write(_store.TakeChanges(), rows);

        Assert.Equal(1, rows.Puts);
    }

    [Fact]
    public void Changes_that_could_not_be_stored_are_changes_again()
    {
        Apply(PushOperation.Merge, 1, ("a", "x", 1));
        _store.Restore(_store.TakeChanges());
        var rows = new TestRows();
        Save(rows);

        Assert.Single(rows.Rows);
        Assert.True(_store.TakeChanges().IsEmpty);
    }

    [Fact]
    public void A_damaged_row_is_an_error_and_not_a_crash()
    {
        Apply(PushOperation.Merge, 1, ("a", "x", 1), ("b", "y", 2));
        var rows = new TestRows();
        Save(rows);
        var (id, row) = Assert.Single(rows.Rows);

        Assert.Throws<InvalidDataException>(() => _store.Load(id, row.AsSpan(0, row.Length - 1)));
        Assert.Throws<InvalidDataException>(() => _store.Load(id, [99]));
        Assert.Throws<InvalidDataException>(() => _store.Load(id, []));
    }

    private static TestSeries Series(string name, string label, double value) =>
        new(name, MetricType.Gauge, "help", name, label, [new Sample(1000, value)]);

    private static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private void Apply(PushOperation operation, long timeNs, params (string Name, string Label, double Value)[] series) =>
        Apply(new TestPush(operation, Group, timeNs, [.. series.Select(one => Series(one.Name, one.Label, one.Value))]));

    private void Push(string path, TimeSpan? timeToLive) =>
        Apply(new TestPush(PushOperation.Merge, path, Nanoseconds(_time.GetUtcNow()), [Series("f", path, 1)]) { TimeToLive = timeToLive });

    private void Apply(TestPush push) => _store.Apply(push.ToGroupPush(), _effects);

    private void Save(TestRows rows) => _store.Write(_store.TakeChanges(), rows);

    private string[] Held()
    {
        var reading = new GroupReading();
        _store.OpenScan().ReadOn(reading, CancellationToken.None);
        var batch = reading.Batch;
        var held = new List<string>();
        foreach (var series in batch.Series)
        {
            if (batch.Symbols[series.Name].StartsWith("push_"u8))
            {
                continue;
            }

            held.Add($"{batch.Symbols.GetString(series.Name)}{{{batch.Symbols.GetString(batch.LabelsOf(series)[^1].Value)}}} {batch.SamplesOf(series)[0].Value}");
        }

        return [.. held];
    }

    private sealed class CountedRows : IGroupStateWriter
    {
        public int Puts { get; private set; }

        public void Put(long id, ReadOnlySpan<byte> row) => Puts++;

        public void Remove(long id) => throw new InvalidOperationException("nothing was purged");
    }
}
