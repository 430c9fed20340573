namespace PushGateway.Simulation.Targets;

/// <summary>
/// The rules by which Prometheus' storage takes a sample (<c>tsdb/head_append.go</c>), which Cortex, Mimir and AMP share. All samples of a
/// request are checked before the first is stored.
/// </summary>
/// <param name="outOfOrderWindow">The setting <c>out_of_order_time_window</c>; zero by default.</param>
/// <param name="maxAhead">How far a sample may lead the server's clock; null when the server does not look.</param>
internal abstract class TsdbHead(TimeSpan outOfOrderWindow, TimeSpan? maxAhead) : Target
{
    // Half of a block of two hours.
    private const long InOrderMs = 3_600_000;

    private readonly long _windowMs = (long)outOfOrderWindow.TotalMilliseconds;

    // The newest sample of all series. The first sample of all counts even when its request is refused.
    private long? _headMs;

    /// <summary>The samples of a request, each with the reason why it is refused; null when it is taken. A sample is looked at when it is read.</summary>
    protected IEnumerable<(WireSample Sample, string? Reason)> Check(IReadOnlyList<WireSample> request, long nowMs)
    {
        var head = _headMs;
        foreach (var sample in request)
        {
            if (sample.TimestampMs - nowMs > maxAhead?.TotalMilliseconds)
            {
                yield return (sample, "out of bounds: timestamp is too far in the future");
                continue;
            }

            head ??= _headMs ??= sample.TimestampMs;
            yield return (sample, Refusal(sample, head.Value));
        }
    }

    /// <summary>Stores samples that were checked. One that is older than the request's own newer sample may be dropped without a word.</summary>
    protected void Append(IEnumerable<WireSample> samples)
    {
        var head = _headMs ?? 0;
        foreach (var sample in samples)
        {
            if (Refusal(sample, head) is null)
            {
                Store(sample);
                _headMs = Math.Max(_headMs ?? 0, sample.TimestampMs);
            }
        }
    }

    private string? Refusal(WireSample sample, long headMs)
    {
        var isInOrder = sample.TimestampMs >= headMs - InOrderMs;
        var newest = Newest(sample.Series);
        if (isInOrder && !(sample.TimestampMs < newest?.TimestampMs))
        {
            return sample.TimestampMs == newest?.TimestampMs && sample.Bits != newest?.Bits ? "duplicate sample for timestamp" : null;
        }

        return _windowMs > 0
            ? sample.TimestampMs >= headMs - _windowMs ? null : "too old sample"
            : isInOrder ? "out of order sample" : "out of bounds";
    }
}
