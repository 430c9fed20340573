using Microsoft.Extensions.Time.Testing;
using PushGateway.Delivery;
using PushGateway.Sinks;
using Xunit;

namespace PushGateway.Core.Tests.Delivery;

/// <summary>How large the next request is, and how long it waits.</summary>
public sealed class RequestPaceTests
{
    private static readonly SinkResult Unreached = SinkResult.Retry("not reached");
    private static readonly SinkResult Reached = SinkResult.Retry("500", reachedTarget: true);

    private readonly FakeTimeProvider _time = new();
    private readonly FixedRandom _random = new();
    private readonly RequestPace _pace;

    public RequestPaceTests() => _pace = new RequestPace(
        new DeliveryOptions
        {
            MinBackoff = TimeSpan.FromMilliseconds(100),
            MaxBackoff = TimeSpan.FromMilliseconds(350),
            MaxRetryAfter = TimeSpan.FromMinutes(5),
            Random = _random,
        },
        _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_first_request_may_hold_everything() => Assert.Equal(1_000_000, NextOf(1_000_000));

    [Fact]
    public void After_a_refusal_half_is_sent_until_a_sample_stands_alone()
    {
        _pace.Refused(1000);
        Assert.Equal(500, NextOf(1000));
        Assert.Equal(7, NextOf(7));
        _pace.Refused(3);
        Assert.Equal(1, NextOf(1000));
        _pace.Refused(1);
        Assert.Equal(1, NextOf(1000));
    }

    [Fact]
    public void Success_doubles_the_next_request_until_there_is_no_limit()
    {
        _pace.Refused(6);
        _pace.Succeeded();
        Assert.Equal(6, NextOf(1000));
        _pace.Succeeded();
        Assert.Equal(12, NextOf(1000));
        for (var i = 0; i < 40; i++)
        {
            _pace.Succeeded();
        }

        Assert.Equal(1_000_000, NextOf(1_000_000));
    }

    [Fact]
    public async Task A_target_that_fails_on_a_request_gets_half_of_it_after_the_shortest_wait_however_often()
    {
        for (var samples = 8; samples > 1; samples /= 2)
        {
            await AssertWaitAsync(100, samples, Reached);
            Assert.Equal(samples / 2, NextOf(1000));
        }
    }

    [Fact]
    public async Task The_waits_grow_when_it_fails_on_one_sample_and_the_size_stays()
    {
        _pace.Refused(3);
        await AssertWaitAsync(100, 1, Reached);
        await AssertWaitAsync(200, 1, Reached);
        Assert.Equal(1, NextOf(1000));
    }

    [Fact]
    public async Task While_the_target_is_not_reached_the_waits_double_up_to_the_longest_and_the_request_stays_whole()
    {
        await AssertWaitAsync(100, 1000, Unreached);
        await AssertWaitAsync(200, 1000, Unreached);
        await AssertWaitAsync(350, 1000, Unreached);
        await AssertWaitAsync(350, 1000, Unreached);
        Assert.Equal(1000, NextOf(1000));

        _pace.Succeeded();

        await AssertWaitAsync(100, 1000, Unreached);
    }

    [Fact]
    public async Task A_wait_is_shorter_by_chance_but_not_by_more_than_half()
    {
        _random.Value = 0;
        await AssertWaitAsync(50, 1000, Unreached);
        await AssertWaitAsync(100, 1000, Unreached);
    }

    [Theory]
    [InlineData(2_000, 2_000)]
    [InlineData(10, 100)]
    [InlineData(300_001, 300_000)]
    [InlineData(4_294_968_000, 300_000)]
    public async Task The_wait_that_the_target_asks_for_counts_if_it_is_the_longer_one_up_to_a_limit(long askedMs, long waitedMs)
    {
        await AssertWaitAsync(waitedMs, 1000, SinkResult.Retry("429", TimeSpan.FromMilliseconds(askedMs)));
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var wait = _pace.FailedAsync(1000, Unreached, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
    }

    private int NextOf(int samples) => _pace.Next(new SeriesSample[samples]).Length;

    private async Task AssertWaitAsync(long milliseconds, int samples, SinkResult result)
    {
        var wait = _pace.FailedAsync(samples, result, Cancellation);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await wait.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    private sealed class FixedRandom : Random
    {
        public double Value { get; set; } = 1;

        public override double NextDouble() => Value;
    }
}
