using PushGateway.Core.Tests.Push;
using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Groups;

/// <summary>A clock that was ahead leaves nothing behind that later pushes cannot change.</summary>
public sealed class ClockStepTests
{
    private readonly SteppingTime _time = new();

    [Theory]
    [InlineData("job/a")]
    [InlineData(null)]
    public void Pushes_take_effect_after_the_clock_was_two_hours_ahead_for_one_of_them(string? path)
    {
        var clock = new PushClock(_time);
        var store = NewStore();
        Push(store, path, clock.Next(), "before", 1);
        _time.Now += TimeSpan.FromHours(2);
        Push(store, path, clock.Next(), "ahead", 2);
        _time.Now -= TimeSpan.FromHours(2);

        for (var value = 3; value < 6; value++)
        {
            _time.Now += TimeSpan.FromMilliseconds(10);
            Push(store, path, clock.Next(), "ahead", value);
            Assert.Contains($"f{{ahead}} {value}", Held(store));
        }

        Assert.Equal(path is null ? 2 : 1, Held(store).Length);
    }

    [Fact]
    public void A_push_that_was_accepted_a_moment_before_it_is_applied_takes_effect()
    {
        var store = NewStore();
        Push(store, "job/a", _time.NowNs + Hours(1), "ahead", 1);
        var accepted = _time.NowNs;
        _time.Now += TimeSpan.FromMinutes(10);

        Push(store, "job/a", accepted, "now", 2);

        Assert.Equal(["f{now} 2"], Held(store));
    }

    [Theory]
    [InlineData("job/a")]
    [InlineData(null)]
    public void State_that_was_stored_with_a_clock_an_hour_ahead_gives_way_at_once(string? path)
    {
        _time.Now += TimeSpan.FromHours(1);
        var ahead = NewStore();
        Push(ahead, path, _time.NowNs - 1000, "x", 0);
        Push(ahead, path, _time.NowNs, "x", 1);
        Push(ahead, "job/gone", _time.NowNs, "x", 1);
        Delete(ahead, "job/gone", _time.NowNs + 1000);
        var rows = new TestRows();
        ahead.Write(ahead.TakeChanges(), rows);
        _time.Now -= TimeSpan.FromHours(1);

        var store = NewStore();
        foreach (var (id, row) in rows.Rows)
        {
            store.Load(id, row);
        }

        Assert.Equal(["f{x} 1"], Held(store));
        var clock = new PushClock(_time);
        Push(store, path, clock.Next(), "x", 2);
        Push(store, "job/gone", clock.Next(), "back", 3);
        Assert.Equal(["f{back} 3", "f{x} 2"], Held(store).Order(StringComparer.Ordinal));
        Delete(store, "job/gone", clock.Next());
        Assert.Equal(["f{x} 2"], Held(store));
    }

    [Fact]
    public void What_was_pushed_without_timestamps_is_shown_without_them_after_its_times_were_brought_back()
    {
        var store = NewStore();
        Push(store, "job/a", _time.NowNs + Hours(1), "x", 1);
        var header = new PushHeader(PushOperation.Merge, TestPush.Key("job/a"), _time.NowNs);
        store.Apply(new BatchedPush(header, new MetricBatch(), default, default), new GroupEffects());

        var reading = new GroupReading();
        store.OpenScan().ReadOn(reading, TestContext.Current.CancellationToken);
        Assert.All(reading.Batch.Samples.ToArray(), sample => Assert.Equal(Sample.NoTimestamp, sample.TimestampMs));
    }

    private MemoryGroupStore NewStore() => new(GroupStoreOptions.Default, _time, tracksChanges: true);

    private static long Hours(int hours) => (long)TimeSpan.FromHours(hours).TotalNanoseconds;

    private static void Push(MemoryGroupStore store, string? path, long timeNs, string label, double value) => store.Apply(
        new TestPush(
            path is null ? PushOperation.Append : PushOperation.Replace,
            path,
            timeNs,
            [new TestSeries("f", MetricType.Gauge, "help", "f", label, [new Sample(timeNs / 1_000_000, value)])]).ToGroupPush(),
        new GroupEffects());

    private static void Delete(MemoryGroupStore store, string path, long timeNs) =>
        store.Apply(new TestPush(PushOperation.Delete, path, timeNs, []).ToGroupPush(), new GroupEffects());

    private static string[] Held(MemoryGroupStore store)
    {
        var reading = new GroupReading();
        store.OpenScan().ReadOn(reading, CancellationToken.None);
        var batch = reading.Batch;
        var held = new List<string>();
        foreach (var series in batch.Series)
        {
            if (!batch.Symbols[series.Name].StartsWith("push_"u8))
            {
                held.Add($"{batch.Symbols.GetString(series.Name)}{{{batch.Symbols.GetString(batch.LabelsOf(series)[^1].Value)}}} {batch.SamplesOf(series)[0].Value}");
            }
        }

        return [.. held];
    }
}
