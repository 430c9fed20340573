namespace PushGateway.Push;

/// <summary>Gives push times that always increase within a process, so that pushes keep their order. Thread-safe.</summary>
public sealed class PushClock(TimeProvider time)
{
    private long _last;

    /// <summary>The next push time in nanoseconds since the Unix epoch.</summary>
    public long Next()
    {
        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * (long)TimeSpan.NanosecondsPerTick;
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(now, last + (long)TimeSpan.NanosecondsPerTick);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next;
            }
        }
    }
}
