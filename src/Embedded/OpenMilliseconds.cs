namespace PushGateway.Embedded;

/// <summary>A run of milliseconds since the Unix epoch in which more pushes may be stored.</summary>
internal readonly record struct OpenMilliseconds(long First, long Last)
{
    /// <summary>No millisecond at all.</summary>
    public static OpenMilliseconds None { get; } = new(0, -1);

    public bool Contains(long millisecond) => millisecond >= First && millisecond <= Last;
}
