using System.Text;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;
using Xunit;

namespace PushGateway.Core.Tests.Groups;

/// <summary>How a store tells the series that have ended.</summary>
public sealed class EndedSeriesTests
{
    private const string Group = "job/a";
    private const long Ms = 1_000_000;

    private readonly MemoryGroupStore _store = NewStore();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task More_than_a_call_tells_are_told_by_the_next_ones_once_the_first_are_confirmed()
    {
        await ApplyAsync(10, Push(PushOperation.Replace, Group, 1000, "a", "b", "c", "d", "e"), Push(PushOperation.Replace, "job/b", 1000, "x"));
        BatchedPush[] pushes = [Push(PushOperation.Replace, Group, 2000, "e", "f"), Push(PushOperation.Delete, "job/b", 3000)];

        var first = await ApplyAsync(3, pushes);
        Assert.Equal(["0 job/a a@1999", "0 job/a b@1999", "0 job/a c@1999"], Told(first));
        Assert.Equal([0, 1], first.Unfinished);
        var again = await ApplyAsync(3, pushes);
        Assert.Equal(Told(first), Told(again));

        await _store.ConfirmAsync(first.Stale, Cancellation);
        var second = await ApplyAsync(3, pushes);
        Assert.Equal(["0 job/a d@1999", "1 job/b x@2999"], Told(second));
        Assert.Empty(second.Unfinished);

        await _store.ConfirmAsync(second.Stale, Cancellation);
        Assert.Empty(Told(await ApplyAsync(3, pushes)));
    }

    [Fact]
    public async Task Pushes_of_one_time_tell_a_marker_once_and_the_first_of_them_to_its_group_owns_it()
    {
        await ApplyAsync(10, Push(PushOperation.Merge, Group, 1000, "a"), Push(PushOperation.Merge, "job/b", 1000, "a"));
        var other = new TestPush(PushOperation.Merge, Group, 1000 * Ms, [Series("g", "a")]).ToGroupPush();
        await ApplyAsync(10, other);
        BatchedPush[] parts =
        [
            Push(PushOperation.Merge, "job/b", 2000, "b"),
            Push(PushOperation.Merge, Group, 2000, "b"),
            new TestPush(PushOperation.Merge, Group, 2000 * Ms, [Series("g", "b")]).ToGroupPush(),
        ];

        Assert.Equal(["0 job/b a@1999", "1 job/a a@1999", "1 job/a a@1999"], Told(await ApplyAsync(10, parts)));
    }

    [Fact]
    public async Task A_hundred_selectors_of_one_delete_tell_a_marker_once()
    {
        await ApplyAsync(10, Push(PushOperation.Merge, Group, 1000, "a"), Push(PushOperation.Merge, "job/b", 1000, "b"));
        Assert.True(GroupSelector.TryParse("job!=\"a\"", out var notA, out _));
        var selectors = Enumerable.Repeat(GroupSelector.All, 100).Prepend(notA);

        var effects = await ApplyAsync(1000, [.. selectors.Select(selector =>
            new BatchedPush(new PushHeader(PushOperation.Delete, null, 2000 * Ms) { Selector = selector }, new MetricBatch(), default, default))]);

        Assert.Equal(["0 job/b b@1999", "1 job/a a@1999"], Told(effects).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_series_that_another_family_has_now_has_not_ended()
    {
        var untyped = new TestPush(PushOperation.Replace, Group, 1000 * Ms, [Named("h_sum", "h_sum"), Named("h_count", "h_count")]).ToGroupPush();
        var typed = new TestPush(PushOperation.Replace, Group, 2000 * Ms, [Named("h", "h_sum"), Named("h", "h_total")]).ToGroupPush();
        await ApplyAsync(10, untyped);

        Assert.Equal(["0 job/a x@1999"], Told(await ApplyAsync(10, typed)));

        static TestSeries Named(string family, string name) => new(family, MetricType.Gauge, "help", name, "x", [new Sample(1000, 1)]);
    }

    [Fact]
    public async Task A_row_of_a_former_version_is_read_whatever_the_order_of_its_ended_series()
    {
        var row = new BlobWriter();
        row.WriteByte(1);
        row.WriteBytes("job/a"u8);
        row.WriteInt64(3000 * Ms);
        row.WriteInt64(long.MinValue);
        row.WriteInt64(3000 * Ms);
        row.WriteInt64(0);
        row.WriteInt64(4);
        foreach (var (label, pushTimeMs) in new[] { ("c", 3000L), ("b", 2000), ("a", 3000), ("b", 3000) })
        {
            var key = new BlobWriter();
            key.WriteBytes("f"u8);
            key.WriteBytes("l"u8);
            key.WriteBytes(Encoding.UTF8.GetBytes(label));
            row.WriteBytes(key.Written);
            row.WriteInt64(pushTimeMs - 1);
            row.WriteInt64(pushTimeMs * Ms);
        }

        _store.Load(1, row.Written);

        Assert.Equal(
            ["0 job/a b@1999", "1 job/a a@2999", "1 job/a b@2999", "1 job/a c@2999"],
            Told(await ApplyAsync(10, Push(PushOperation.Merge, Group, 2000), Push(PushOperation.Replace, Group, 3000))));
        var effects = await ApplyAsync(10, Push(PushOperation.Merge, Group, 4000, "b"));
        Assert.Empty(Told(effects));
        Assert.Equal(["0 job/a a@2999", "0 job/a c@2999"], Told(await ApplyAsync(10, Push(PushOperation.Replace, Group, 3000))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Sorted_sets_agree_with_plain_ones(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 2000; round++)
        {
            var (a, b, removed) = (Random(12), Random(random.Next(2) * 40), Random(random.Next(2) * 40));
            var (set, added) = (SetOf(a), SetOf(b));
            var expected = new SortedDictionary<string, long>(a, StringComparer.Ordinal);
            foreach (var (key, marker) in b)
            {
                expected[key] = Math.Max(marker, expected.GetValueOrDefault(key));
            }

            Assert.Equal(!expected.SequenceEqual(a), set.Join(added));
            Assert.Equal(expected, Plain(set));

            var delivered = SetOf(removed).Series;
            var rest = expected.Where(pair => removed.GetValueOrDefault(pair.Key) != pair.Value).ToList();
            Assert.Equal(rest.Count < expected.Count, set.RemoveDelivered(delivered));
            Assert.Equal(rest, Plain(set));

            var live = new BlobWriter();
            foreach (var key in removed.Keys)
            {
                SeriesSet.WriteEntry(live, Encoding.UTF8.GetBytes(key), new HeldSample(default, default));
            }

            set.RemoveLive(live.Written);
            Assert.Equal(rest.Where(pair => !removed.ContainsKey(pair.Key)), Plain(set));
        }

        SortedDictionary<string, long> Random(int count)
        {
            var series = new SortedDictionary<string, long>(StringComparer.Ordinal);
            for (; count > 0; count--)
            {
                series[((char)('A' + random.Next(50))).ToString()] = random.Next(1, 3);
            }

            return series;
        }

        EndedSet SetOf(SortedDictionary<string, long> series)
        {
            var (set, all) = (new EndedSet(), series.ToArray());
            random.Shuffle(all);
            foreach (var (key, marker) in all)
            {
                set.Append(new EndedSeries(Encoding.UTF8.GetBytes(key), marker, 7));
            }

            set.Sort();
            return set;
        }

        static IEnumerable<KeyValuePair<string, long>> Plain(EndedSet set) =>
            set.Series.ToArray().Select(series => KeyValuePair.Create(Encoding.UTF8.GetString(series.Key), series.MarkerMs));
    }

    private static MemoryGroupStore NewStore() => new(GroupStoreOptions.Default, new FakeTimeProvider(DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(100)));

    private static TestSeries Series(string family, string label) => new(family, MetricType.Gauge, "help", family, label, [new Sample(1000, 1)]);

    private static BatchedPush Push(PushOperation operation, string path, long timeMs, params string[] labels) =>
        new TestPush(operation, path, timeMs * Ms, [.. labels.Select(label => Series("f", label))]).ToGroupPush();

    private static IEnumerable<string> Told(GroupEffects effects)
    {
        foreach (var marker in effects.Stale)
        {
            var batch = new MetricBatch();
            batch.BeginPush();
            marker.AddTo(batch);
            yield return $"{marker.Push} {marker.Path} {batch.Symbols.GetString(batch.LabelsOf(batch.Series[0])[0].Value)}@{batch.Samples[0].TimestampMs}";
        }
    }

    private async Task<GroupEffects> ApplyAsync(int maxMarkers, params BatchedPush[] pushes)
    {
        var effects = new GroupEffects { MaxMarkers = maxMarkers };
        await _store.ApplyAsync(pushes, effects, Cancellation);
        return effects;
    }
}
