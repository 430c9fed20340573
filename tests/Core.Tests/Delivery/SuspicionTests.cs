using Microsoft.Extensions.Time.Testing;
using PushGateway.Delivery;
using Xunit;

namespace PushGateway.Core.Tests.Delivery;

/// <summary>What a refusal makes suspect, and for how long.</summary>
public sealed class SuspicionTests
{
    private const long Minute = 60 * 1000;
    private const int Series = 1;
    private const int Other = 2;

    private readonly FakeTimeProvider _time = new();
    private readonly Suspicion _suspicion;

    public SuspicionTests() => _suspicion = new Suspicion(_time);

    [Fact]
    public void At_first_nothing_is_suspect()
    {
        Assert.True(_suspicion.IsEmpty);
        Assert.False(_suspicion.Suspects(Series, 1_000_000 * Minute));
    }

    [Fact]
    public void A_series_is_suspect_for_a_minute_after_a_refusal_and_no_other_is()
    {
        _suspicion.Refused(Series, 0, forItsAge: false);
        Assert.False(_suspicion.IsEmpty);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_suspicion.Suspects(Series, 0));
        Assert.False(_suspicion.Suspects(Other, 1_000_000 * Minute));

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(_suspicion.Suspects(Series, 0));
        Assert.True(_suspicion.IsEmpty);
    }

    [Fact]
    public void Each_series_has_its_own_minute()
    {
        _suspicion.Refused(Series, 0, forItsAge: false);
        _time.Advance(TimeSpan.FromSeconds(40));
        _suspicion.Refused(Other, 0, forItsAge: false);
        _time.Advance(TimeSpan.FromSeconds(40));

        Assert.False(_suspicion.Suspects(Series, 0));
        Assert.True(_suspicion.Suspects(Other, 0));
    }

    [Fact]
    public void A_refusal_for_age_makes_samples_of_half_the_age_suspect_whatever_their_series()
    {
        _suspicion.Refused(Series, 60 * Minute, forItsAge: true);

        Assert.Equal(30 * Minute, _suspicion.HorizonMs);
        Assert.True(_suspicion.Suspects(Other, 30 * Minute));
        Assert.False(_suspicion.Suspects(Other, (30 * Minute) - 1));
    }

    [Fact]
    public void The_horizon_only_comes_closer_by_refusals()
    {
        _suspicion.Refused(Series, 60 * Minute, forItsAge: true);
        _suspicion.Refused(Other, 80 * Minute, forItsAge: true);
        Assert.Equal(30 * Minute, _suspicion.HorizonMs);

        _suspicion.Refused(Other, 40 * Minute, forItsAge: true);

        Assert.Equal(20 * Minute, _suspicion.HorizonMs);
    }

    [Theory]
    [InlineData((20 * Minute) - 2, true)]
    [InlineData(60 * Minute, false)]
    public void A_refusal_of_a_young_sample_or_for_another_reason_says_nothing_about_ages(long ageMs, bool forItsAge)
    {
        _suspicion.Refused(Series, ageMs, forItsAge);

        Assert.Equal(long.MaxValue, _suspicion.HorizonMs);
        Assert.False(_suspicion.Suspects(Other, 1_000_000 * Minute));
    }

    [Fact]
    public void A_sample_that_is_taken_clears_its_age_and_all_below()
    {
        _suspicion.Refused(Series, 60 * Minute, forItsAge: true);
        _suspicion.Taken((30 * Minute) - 1);
        Assert.Equal(30 * Minute, _suspicion.HorizonMs);

        _suspicion.Taken(45 * Minute);

        Assert.False(_suspicion.Suspects(Other, 45 * Minute));
        Assert.True(_suspicion.Suspects(Other, (45 * Minute) + 1));
    }

    [Fact]
    public void So_many_series_are_remembered_and_no_more()
    {
        for (var series = 0; series <= 100_000; series++)
        {
            _suspicion.Refused(series, 0, forItsAge: false);
        }

        Assert.True(_suspicion.Suspects(99_999, 0));
        Assert.False(_suspicion.Suspects(100_000, 0));
    }
}
