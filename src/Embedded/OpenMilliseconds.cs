namespace PushGateway.Embedded;

/// <summary>A run of milliseconds since the Unix epoch in which more pushes may be stored.</summary>
internal readonly record struct OpenMilliseconds(long First, long Last)
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>No millisecond at all.</summary>
    public static OpenMilliseconds None { get; } = new(0, -1);

    /// <summary>The millisecond of a time in nanoseconds.</summary>
    public static long Of(long nanoseconds) => nanoseconds / NanosecondsPerMillisecond;

    public bool Contains(long millisecond) => millisecond >= First && millisecond <= Last;
}
