using System.Globalization;
using PushGateway.Model;
using PushGateway.Simulation.Targets;

namespace PushGateway.Simulation;

/// <summary>Requests of remote write that a seed chose, at the edges of what a target takes.</summary>
/// <param name="seed">Decides whatever is left to chance.</param>
/// <param name="target">A model that has got every request so far.</param>
/// <param name="window">The target's out-of-order window.</param>
/// <param name="nowMs">The time, milliseconds since the Unix epoch.</param>
internal sealed class RandomWrites(int seed, Target target, TimeSpan window, long nowMs)
{
    private const int HourMs = 3_600_000;
    private const int TwentyMinutesMs = 1_200_000;
    private const int OldSeries = 6;

    private readonly Random _random = new(seed);
    private long _clockMs = nowMs - TwentyMinutesMs;
    private int _freshSeries = OldSeries;
    private double _lastValue;

    /// <summary>The next request. The samples of a series stand together, in whatever order.</summary>
    public IReadOnlyList<WireSample> Next()
    {
        var share = _random.Next(3) switch { 0 => 0, 1 => 0.2, _ => 0.8 };
        return
        [
            .. Enumerable.Range(0, _random.Next(1, 7)).Select(_ => _random.NextDouble() < share ? Odd() : InOrder())
                .GroupBy(sample => sample.Series).SelectMany(samples => samples),
        ];
    }

    private WireSample InOrder() => new(AnySeries(), _clockMs += _random.Next(1, 500), NewBits());

    private WireSample Odd()
    {
        var series = _random.Next(4) == 0 ? SeriesName(_freshSeries++) : AnySeries();
        var headMs = target.Series.Keys.Max(series => target.Newest(series)?.TimestampMs) ?? _clockMs;
        var newestMs = target.Newest(series)?.TimestampMs ?? headMs;
        var windowMs = (int)window.TotalMilliseconds;
        var timeMs = _random.Next(7) switch
        {
            0 => newestMs,
            1 => newestMs - _random.Next(1, 1000),
            2 => newestMs - _random.Next(windowMs + 1),
            3 => headMs - HourMs + _random.Next(-1, 2),
            4 => headMs - windowMs + _random.Next(-1, 2),
            5 => headMs - _random.Next(HourMs, 2 * HourMs),
            _ => StoredTime(series) ?? newestMs,
        };
        return new WireSample(series, timeMs, Bits(series, timeMs));
    }

    private long? StoredTime(string series) =>
        target.Series.TryGetValue(series, out var samples) ? samples.ElementAt(_random.Next(samples.Count)).TimestampMs : null;

    private long Bits(string series, long timeMs) => _random.Next(2) == 0 && target.Series.TryGetValue(series, out var samples)
        ? samples.FirstOrDefault(sample => sample.TimestampMs == timeMs, (TimestampMs: timeMs, Bits: NewBits())).Bits
        : NewBits();

    private long NewBits() => BitConverter.DoubleToInt64Bits(_random.Next(6) == 0 ? StaleMarker.Value : ++_lastValue);

    private string AnySeries() => SeriesName(_random.Next(OldSeries));

    private static string SeriesName(int number) => string.Create(CultureInfo.InvariantCulture, $"m instance={number}");
}
