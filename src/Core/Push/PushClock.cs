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
        var now = Now();
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = After(last, now);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next;
            }
        }
    }

    /// <summary>The earliest time that <see cref="Next"/> may return from now on, unless the clock steps back.</summary>
    public long Earliest() => After(Volatile.Read(ref _last), Now());

    private static long After(long last, long now) => last >= now + MaxLeadNs ? now : Math.Max(now, last + (long)TimeSpan.NanosecondsPerTick);

    private long Now() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * (long)TimeSpan.NanosecondsPerTick;
}
