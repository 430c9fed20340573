using System.Globalization;
using PushGateway.Model;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Core.Tests;

public sealed class SeriesIndexTests
{
    [Fact]
    public void The_first_of_equal_series_stands_for_all_until_another_takes_its_place()
    {
        var batch = Batch([("a", 1), ("b", 1), ("a", 2), ("a", 1)]);
        using var index = new SeriesIndex(batch, 4);
        Assert.Equal([0, 1, 0, 0], FindOrAddAll(index, batch));

        index.Replace(2);
        Assert.Equal([2, 1, 2, 2], FindOrAddAll(index, batch));
    }

    [Fact]
    public void By_time_series_are_equal_only_at_the_same_time()
    {
        var batch = Batch([("a", 1), ("b", 1), ("a", 2), ("a", 1)]);
        using var index = new SeriesIndex(batch, 4, byTime: true);
        Assert.Equal([0, 1, 2, 0], FindOrAddAll(index, batch));
    }

    // The symbol of a value and the time were once joined in one number, where they could cancel each other out.
    [Fact]
    public void Series_whose_values_and_times_a_sender_has_chosen_cost_no_more_than_others()
    {
        const int count = 40_000;
        var chosen = Batch(Enumerable.Range(0, count).Select(i => (Text(i), 1_700_000_000_000L)), (symbol, time) => time ^ ((long)symbol << 32));
        var others = Batch(Enumerable.Range(0, count).Select(i => (Text(i), 1_700_000_000_000L)));
        var least = Enumerable.Range(0, 3).Min(_ => TimeOf(others));

        Assert.InRange(Enumerable.Range(0, 3).Min(_ => TimeOf(chosen)) / least, 0, 20);
    }

    private static double TimeOf(MetricBatch batch)
    {
        var start = ThreadClock.Now;
        using var index = new SeriesIndex(batch, batch.Series.Length, byTime: true);
        for (var series = 0; series < batch.Series.Length; series++)
        {
            index.FindOrAdd(series);
        }

        return (ThreadClock.Now - start).TotalMilliseconds;
    }

    private static int[] FindOrAddAll(SeriesIndex index, MetricBatch batch)
    {
        var found = new int[batch.Series.Length];
        for (var series = 0; series < found.Length; series++)
        {
            found[series] = index.FindOrAdd(series);
        }

        return found;
    }

    private static MetricBatch Batch(IEnumerable<(string Value, long TimeMs)> series, Func<int, long, long>? timeOf = null)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        var (name, label) = (batch.Symbols.Intern("m"), batch.Symbols.Intern("label"));
        var family = batch.AddFamily(name);
        foreach (var (value, timeMs) in series)
        {
            var symbol = batch.Symbols.Intern(value);
            batch.BeginSeries(family, name);
            batch.AddLabel(label, symbol);
            batch.AddSample(new PushGateway.Model.Sample(timeOf?.Invoke(symbol, timeMs) ?? timeMs, 1));
            batch.EndSeries();
        }

        return batch;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
