namespace PushGateway.Embedded;

/// <summary>A run of milliseconds since the Unix epoch in which more pushes may be stored.</summary>
internal readonly record struct OpenMilliseconds(long First, long Last)
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    // What is stored while somebody reads lies this close behind. A push further ahead is from before a step of the clock.
    private const long MaxReadingMs = 2000;

    /// <summary>No millisecond at all.</summary>
    public static OpenMilliseconds None { get; } = new(0, -1);

    /// <summary>Those from a time on.</summary>
    /// <param name="firstNs">The earliest time of a push that cannot be read yet, nanoseconds since the Unix epoch.</param>
    /// <param name="nowNs">The present time.</param>
    public static OpenMilliseconds From(long firstNs, long nowNs) => new(Of(firstNs), Of(nowNs) + MaxReadingMs);

    /// <summary>The millisecond of a time in nanoseconds.</summary>
    public static long Of(long nanoseconds) => nanoseconds / NanosecondsPerMillisecond;

    public bool Contains(long millisecond) => millisecond >= First && millisecond <= Last;
}
