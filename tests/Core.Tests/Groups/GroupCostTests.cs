using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Groups;

/// <summary>Large groups and many groups: the work is in proportion to what a push brings and ends.</summary>
public sealed class GroupCostTests
{
    // Several times what a busy machine needs. Quadratic work takes minutes.
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(15);

    private readonly MemoryGroupStore _store = new(GroupStoreOptions.Default, new FakeTimeProvider(DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000)));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replace_of_a_hundred_thousand_series_by_others_takes_seconds_with_all_its_markers()
    {
        var started = Stopwatch.GetTimestamp();
        await ApplyAsync([Put(1_000_000_000, 0, 100_000)]);
        var told = await ApplyAsync([Put(2_000_000_000, 100_000, 100_000)]);

        Assert.Equal(100_000, told.Count);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Generous);
    }

    [Fact]
    public async Task A_hundred_selectors_of_one_delete_tell_each_marker_once_and_take_seconds_over_a_hundred_thousand_groups()
    {
        for (var i = 0; i < 100_000; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"job/j{i % 100}/instance/host-{i}");
            _store.Apply(new TestPush(PushOperation.Merge, path, 1, [Series("f", "x")]).ToGroupPush(), new GroupEffects());
        }

        var nothing = new MetricBatch();
        var deletes = Enumerable.Range(0, 100).Select(i =>
        {
            var text = i < 2 ? "{}" : string.Create(CultureInfo.InvariantCulture, $"{{job!=\"j{i}\",instance!=\"none\"}}");
            Assert.True(GroupSelector.TryParse(text, out var selector, out _));
            return new BatchedPush(new PushHeader(PushOperation.Delete, null, 5_000_000_000) { Selector = selector }, nothing, default, default);
        }).ToList();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        var told = await ApplyAsync(deletes);

        Assert.Equal(100_000, told.Count);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Generous * 2);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 1L << 30);
    }

    // Everything that the pushes have ended, as a caller gets it.
    private async Task<List<DueMarker>> ApplyAsync(List<BatchedPush> pushes)
    {
        var told = new List<DueMarker>();
        var effects = new GroupEffects();
        do
        {
            pushes = effects.Unfinished.Count == 0 ? pushes : [.. effects.Unfinished.Select(push => pushes[push])];
            effects.Clear();
            await _store.ApplyAsync(pushes, effects, Cancellation);
            Assert.InRange(effects.Stale.Count, 0, GroupEffects.DefaultMaxMarkers);
            told.AddRange(effects.Stale);
            await _store.ConfirmAsync(effects.Stale, Cancellation);
        }
        while (effects.Unfinished.Count > 0);
        return told;
    }

    private static BatchedPush Put(long timeNs, int first, int count) => new TestPush(
        PushOperation.Replace,
        "job/large",
        timeNs,
        [.. Enumerable.Range(first, count).Select(i => Series("f", i.ToString(CultureInfo.InvariantCulture)))]).ToGroupPush();

    private static TestSeries Series(string name, string label) => new(name, MetricType.Gauge, "help", name, label, [new Sample(1000, 1)]);
}
