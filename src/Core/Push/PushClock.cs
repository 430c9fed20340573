namespace PushGateway.Push;

/// <summary>
/// Gives push times that increase within a process, so that pushes keep their order, and never lead the clock by more than two seconds.
/// When the clock has stepped back further, the times start again from it: the order of pushes across such a step is that of the clock.
/// Thread-safe.
/// </summary>
public sealed class PushClock(TimeProvider time)
{
    /// <summary>How far a push time may lead a clock, nanoseconds: more than clocks that are kept in time differ.</summary>
    internal const long MaxLeadNs = 2_000_000_000;

    private long _last;

    /// <summary>The next push time in nanoseconds since the Unix epoch.</summary>
    public long Next()
    {
        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * (long)TimeSpan.NanosecondsPerTick;
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
}
