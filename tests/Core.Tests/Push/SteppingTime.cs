namespace PushGateway.Core.Tests.Push;

/// <summary>A clock that a test may also set back.</summary>
internal sealed class SteppingTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000);

    public long NowNs => (Now - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    public override DateTimeOffset GetUtcNow() => Now;
}
