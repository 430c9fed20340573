namespace PushGateway.Simulation.Targets;

/// <summary>
/// The rules by which Prometheus' storage takes a sample (<c>tsdb/head_append.go</c>), which Cortex, Mimir and AMP share.
/// </summary>
/// <param name="outOfOrderWindow">The setting <c>out_of_order_time_window</c>; zero by default.</param>
internal abstract class TsdbHead(TimeSpan outOfOrderWindow) : Target
{
    // Half of a block of two hours.
    private const long InOrderMs = 3_600_000;

    private long _maxMs = long.MinValue;

    /// <summary>Why a sample is refused; null when it is taken.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="headMs">The newest sample of all series when the request came.</param>
    protected string? Check(WireSample sample, long headMs)
    {
        var window = (long)outOfOrderWindow.TotalMilliseconds;
        if (Newest(sample.Series) is { } newest && sample.TimestampMs <= newest.TimestampMs)
        {
            return sample.TimestampMs == newest.TimestampMs
                ? sample.Bits == newest.Bits ? null : "duplicate sample for timestamp"
                : window == 0 ? IsBelow(sample, headMs, InOrderMs) ? "out of bounds" : "out of order sample"
                : IsBelow(sample, headMs, window) ? "too old sample" : null;
        }

        return IsBelow(sample, headMs, Math.Max(window, InOrderMs)) ? window == 0 ? "out of bounds" : "too old sample" : null;
    }

    /// <summary>The newest sample of all series.</summary>
    protected long HeadMs => _maxMs;

    /// <summary>Stores a sample that was checked. One that is older than the request's own newer sample is dropped without a word.</summary>
    protected void Append(WireSample sample)
    {
        if (Check(sample, long.MinValue) is null && !(Series.TryGetValue(sample.Series, out var held) && held.ContainsKey(sample.TimestampMs)))
        {
            Store(sample);
            _maxMs = Math.Max(_maxMs, sample.TimestampMs);
        }
    }

    private static bool IsBelow(WireSample sample, long headMs, long ageMs) => headMs != long.MinValue && sample.TimestampMs < headMs - ageMs;
}
