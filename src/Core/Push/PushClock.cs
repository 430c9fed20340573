namespace PushGateway.Push;

/// <summary>
/// Gives push times that increase within a process, so that pushes keep their order, and never lead the clock by more than two seconds.
/// When the clock has stepped back further, the times start again from it: the order of pushes across such a step is that of the clock.
/// Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="lastNs">The last time that was given before, by an earlier process; 0 when there was none.</param>
public sealed class PushClock(TimeProvider time, long lastNs = 0)
{
    /// <summary>How far a push time may lead a clock, nanoseconds: more than clocks that are kept in time differ.</summary>
    internal const long MaxLeadNs = 2_000_000_000;

    /// <summary>By how much the clocks of an Api and of its queue may differ, nanoseconds.</summary>
    internal const long MaxSkewNs = 30_000_000_000;

    private long _last = lastNs;

    /// <summary>The next push time in nanoseconds since the Unix epoch.</summary>
    public long Next()
    {
        var now = Now();
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = last >= now + MaxLeadNs ? now : Math.Max(now, last + (long)TimeSpan.NanosecondsPerTick);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next;
            }
        }
    }

    private long Now() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * (long)TimeSpan.NanosecondsPerTick;
}
