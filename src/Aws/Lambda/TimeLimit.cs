namespace PushGateway.Aws.Lambda;

/// <summary>Limits the time of work.</summary>
internal static class TimeLimit
{
    /// <summary>Creates a source that cancels once the time has passed: at once when no time is left, and after a day at the latest.</summary>
    public static CancellationTokenSource After(TimeSpan left, TimeProvider time) =>
        new(TimeSpan.FromTicks(Math.Clamp(left.Ticks, 0, TimeSpan.TicksPerDay)), time);
}
