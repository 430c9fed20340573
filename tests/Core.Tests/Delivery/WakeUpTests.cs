using Microsoft.Extensions.Time.Testing;
using PushGateway.Delivery;
using Xunit;

namespace PushGateway.Core.Tests.Delivery;

/// <summary>A loop sleeps until it is woken, until its time is up, or until it is to end.</summary>
public sealed class WakeUpTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly WakeUp _wakeUp;

    public WakeUpTests() => _wakeUp = new WakeUp(_time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signal_wakes_the_one_who_waits()
    {
        var wait = _wakeUp.WaitAsync(Timeout.InfiniteTimeSpan, Cancellation);
        Assert.False(wait.IsCompleted);

        _wakeUp.Signal();

        await EndAsync(wait);
    }

    [Fact]
    public async Task A_signal_before_the_wait_is_not_lost_and_counts_once()
    {
        _wakeUp.Signal();
        _wakeUp.Signal();

        await EndAsync(_wakeUp.WaitAsync(Timeout.InfiniteTimeSpan, Cancellation));

        Assert.False(_wakeUp.WaitAsync(Timeout.InfiniteTimeSpan, Cancellation).IsCompleted);
    }

    [Fact]
    public async Task The_wait_ends_when_its_time_is_up_and_no_sooner()
    {
        var wait = _wakeUp.WaitAsync(Limit, Cancellation);
        _time.Advance(Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(wait.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        await EndAsync(wait);
    }

    [Fact]
    public async Task A_wait_whose_time_was_up_leaves_no_signal_behind()
    {
        var first = _wakeUp.WaitAsync(Limit, Cancellation);
        _time.Advance(Limit);
        await EndAsync(first);

        var second = _wakeUp.WaitAsync(Limit, Cancellation);

        Assert.False(second.IsCompleted);
        _wakeUp.Signal();
        await EndAsync(second);
    }

    [Fact]
    public async Task The_wait_ends_without_an_exception_when_the_token_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var wait = _wakeUp.WaitAsync(Timeout.InfiniteTimeSpan, stop.Token);
        Assert.False(wait.IsCompleted);

        await stop.CancelAsync();

        await EndAsync(wait);
    }

    // Continuations run elsewhere, so the end may come a moment later.
    private static Task EndAsync(Task wait) => wait.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
}
