namespace PushGateway.Aws.Lambda;

/// <summary>A time limit for work.</summary>
internal static class TimeLimit
{
    /// <summary>Makes what is cancelled once the time has passed: at once where there is none left, and after a day at the latest.</summary>
    public static CancellationTokenSource After(TimeSpan left, TimeProvider time) =>
        new(TimeSpan.FromTicks(Math.Clamp(left.Ticks, 0, TimeSpan.TicksPerDay)), time);
}
