using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Push;

public sealed class PushClockTests
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly SteppingTime _time = new();
    private readonly PushClock _clock;

    public PushClockTests() => _clock = new PushClock(_time);

    [Fact]
    public void Times_increase_although_the_clock_stands_or_goes_back_a_little()
    {
        var first = _clock.Next();
        var second = _clock.Next();
        _time.Now -= TimeSpan.FromSeconds(1);
        var third = _clock.Next();

        Assert.True(first < second && second < third);
    }

    [Fact]
    public void Times_never_lead_the_clock_by_more_than_two_seconds()
    {
        _time.Now += TimeSpan.FromHours(2);
        var ahead = _clock.Next();
        _time.Now -= TimeSpan.FromHours(2);
        var back = _clock.Next();

        Assert.True(back < ahead);
        Assert.InRange(back - _time.NowNs, 0, 2 * NanosecondsPerSecond);
        Assert.True(_clock.Next() > back);
    }
}
