using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Core.Tests.Groups;

/// <summary>Makes up pushes to two groups, and ways in which they may arrive.</summary>
internal static class RandomPushes
{
    private static TestSeries Failure => new("push_failure_time_seconds", MetricType.Gauge, "", "push_failure_time_seconds", "v0", [new Sample(2, 2)]);

    /// <summary>As pushes come: their samples have their time. Ten milliseconds lie between two of them.</summary>
    public static TestPush PushAt(Random random, int number)
    {
        var timeMs = number * 10L;
        var push = Push(random);
        return push with
        {
            TimeNs = timeMs * 1_000_000,
            Series = [.. push.Series.Select(series => series with { Samples = [new Sample(timeMs, random.Next(4))] })],
        };
    }

    /// <summary>Each push cut into messages at random, some messages twice, all in random order.</summary>
    public static List<TestPush> Deliver(TestPush[] pushes, Random random)
    {
        var messages = pushes.SelectMany(push => push.Split(random)).ToList();
        messages.AddRange(messages.Where(_ => random.Next(3) == 0).ToList());
        var delivered = messages.ToArray();
        random.Shuffle(delivered);
        return [.. delivered];
    }

    /// <summary>A push of few different values, so that times, series and samples meet.</summary>
    public static TestPush Push(Random random)
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
