using Microsoft.Extensions.Time.Testing;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Queue;
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

    private void Apply(TestPush push) => _store.Apply(push.ToGroupPush(), _effects);

    private void Save(TestRows rows) => _store.Write(_store.TakeChanges(), rows);

    private string[] Held()
    {
        var reading = new GroupReading();
        _store.Read(reading);
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
