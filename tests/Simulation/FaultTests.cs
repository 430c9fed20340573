using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Simulation.Targets;
using Xunit;

namespace PushGateway.Simulation;

/// <summary>Faults that were measured from outside, each as a short run.</summary>
public sealed class FaultTests
{
    private static readonly TimeSpan HalfMinute = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static Simulation WithPrometheus(int seed = 1) => new(seed, new PrometheusTarget(TimeSpan.Zero));

    [Theory]
    [InlineData(600, true, 500)]
    [InlineData(5, true, 4)]
    [InlineData(5, false, 4)]
    public void Old_samples_of_one_client_harm_no_other(int samples, bool sameSeries, double everyMs)
    {
        var simulation = WithPrometheus();
        for (var i = 0; i < 4; i++)
        {
            simulation.Repeats($"good{i}", 1, HalfMinute, 8, 12);
        }

        simulation.PushesOld("bad", samples, sameSeries, HalfMinute, everyMs * 0.8, everyMs * 1.2);

        AssertHolds(simulation, HalfMinute);
        AssertNone(simulation.Check().Late(TimeSpan.FromSeconds(2)).Take(5));
    }

    [Fact]
    public void A_deletion_by_a_hundred_selectors_while_the_target_is_away_holds_up_nobody()
    {
        var simulation = WithPrometheus();
        for (var i = 0; i < 300; i++)
        {
            simulation.Push(new SimulatedPush
            {
                Operation = PushOperation.Replace,
                Group = $"job/j{i}",
                Samples = [.. Enumerable.Range(0, 40).Select(s => new PushedSample("m", $"{s}", simulation.NextValue()))],
            });
        }

        simulation.World.RunUntil(() => false, TimeSpan.FromSeconds(5));
        simulation.Network.Failing = new Failure(FailureKind.NoConnection);
        simulation.DeletesAll(100);
        simulation.Repeats("good", 1, TimeSpan.FromSeconds(5));

        AssertHolds(simulation, TimeSpan.FromSeconds(6));
    }

    [Fact]
    public void Kills_under_load_lose_nothing_of_series_that_are_pushed_again_and_again()
    {
        var simulation = WithPrometheus();
        simulation.Repeats("a", 8, HalfMinute, 1, 3);
        simulation.Repeats("b", 8, HalfMinute, 1, 3);
        simulation.Every(2000, 4000, HalfMinute, simulation.Kill);

        AssertHolds(simulation, HalfMinute);
        Assert.Empty(simulation.Disk.DeadLetters);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_came_out_of_order_while_the_target_was_away_is_dead_lettered_after_a_restart(bool fillsDisk)
    {
        var simulation = WithPrometheus();
        simulation.Push(Pushed(0));
        simulation.World.RunUntil(() => false, TimeSpan.FromSeconds(2));
        simulation.Network.Failing = new Failure(FailureKind.NoConnection);
        for (var i = 1; i <= 10; i++)
        {
            simulation.Push(Pushed(60_000 - i));
        }

        simulation.World.RunUntil(() => false, TimeSpan.FromSeconds(1));
        simulation.Disk.IsFull = fillsDisk;
        simulation.World.RunUntil(() => false, TimeSpan.FromSeconds(1));
        simulation.Kill();
        simulation.World.RunUntil(() => false, TimeSpan.FromSeconds(20));

        AssertHolds(simulation, TimeSpan.FromSeconds(1));
        Assert.Equal(10, simulation.Disk.DeadLetters.Count);

        SimulatedPush Pushed(long ageMs) => new()
        {
            Operation = PushOperation.Append,
            Samples = [new PushedSample("m", "a", simulation.NextValue(), simulation.World.NowMs - ageMs)],
        };
    }

    [Fact]
    public void Of_pushes_of_one_series_that_overlap_the_last_of_each_millisecond_is_stored_and_none_is_dead_lettered()
    {
        var simulation = WithPrometheus();
        simulation.Overlaps("a", TimeSpan.FromSeconds(4));
        simulation.Overlaps("b", TimeSpan.FromSeconds(4));

        AssertHolds(simulation, TimeSpan.FromSeconds(5));
        Assert.Empty(simulation.Disk.DeadLetters);
    }

    [Fact]
    public void A_group_that_overlapping_pushes_replace_ends_as_the_last_one_left_it()
    {
        var simulation = WithPrometheus();
        simulation.OverlapsInGroup("g", TimeSpan.FromSeconds(4));

        AssertHolds(simulation, TimeSpan.FromSeconds(5));
        Assert.Empty(simulation.Disk.DeadLetters);
    }

    [Fact]
    public void Kills_dead_letter_nothing_of_a_group_that_overlapping_pushes_replace()
    {
        var simulation = WithPrometheus();
        simulation.OverlapsInGroup("g", TimeSpan.FromSeconds(4));
        simulation.Every(300, 600, TimeSpan.FromSeconds(4), simulation.Kill);

        AssertHolds(simulation, TimeSpan.FromSeconds(5));
        Assert.Empty(simulation.Disk.DeadLetters);
    }

    [Fact]
    public void An_outage_of_half_an_hour_loses_nothing()
    {
        var simulation = WithPrometheus();
        var duration = TimeSpan.FromMinutes(31);
        simulation.Repeats("a", 2, duration, 400, 600);
        simulation.UsesGroup("g", duration, 2000, 4000);
        simulation.World.After(TimeSpan.FromSeconds(20), () => simulation.Network.Failing = new Failure(FailureKind.NoConnection));
        simulation.World.After(TimeSpan.FromMinutes(30), () => simulation.Network.Failing = null);

        AssertHolds(simulation, duration);
        Assert.Empty(simulation.Disk.DeadLetters);
    }

    [Fact]
    public void A_clock_that_steps_ahead_and_back_leaves_nothing_refused()
    {
        var simulation = WithPrometheus();
        simulation.Repeats("before", 1, TimeSpan.FromSeconds(5));
        simulation.World.RunUntil(() => false, TimeSpan.FromSeconds(6));
        simulation.World.ClockError = TimeSpan.FromHours(2);
        simulation.Push(new SimulatedPush { Operation = PushOperation.Replace, Group = "job/ahead", Samples = [new PushedSample("m", "a", simulation.NextValue())] });
        simulation.World.RunUntil(() => false, TimeSpan.FromMilliseconds(50));
        simulation.World.ClockError = TimeSpan.Zero;
        simulation.Repeats("after", 1, TimeSpan.FromSeconds(5));

        AssertHolds(simulation, TimeSpan.FromSeconds(6));
        Assert.All(simulation.Disk.DeadLetters.Values, reason => Assert.Equal(RejectCode.SinkRejected, reason.Code));
    }

    [Fact]
    public void A_full_disk_at_the_dead_letter_holds_up_no_other_message()
    {
        var simulation = WithPrometheus();
        simulation.Repeats("good", 1, HalfMinute, 1, 3);
        simulation.World.After(TimeSpan.FromSeconds(5), () =>
        {
            simulation.Push(new SimulatedPush
            {
                Operation = PushOperation.Append,
                Samples = [new PushedSample("bad", "a", simulation.NextValue(), simulation.World.NowMs - 20_000_000)],
            });
            simulation.World.After(TimeSpan.FromMilliseconds(5), () => simulation.Disk.IsFull = true);
            simulation.World.After(TimeSpan.FromSeconds(5), () => simulation.Disk.IsFull = false);
        });

        AssertHolds(simulation, HalfMinute);
    }

    [Fact]
    public void A_target_that_asks_for_a_wait_of_fifty_days_gets_everything_when_it_takes_again()
    {
        var simulation = WithPrometheus();
        simulation.Repeats("good", 1, HalfMinute);
        simulation.World.After(TimeSpan.FromSeconds(5), () =>
            simulation.Network.Failing = new Failure(FailureKind.Status, 503, TimeSpan.FromSeconds(4_294_968)));
        simulation.World.After(TimeSpan.FromSeconds(20), () => simulation.Network.Failing = null);

        AssertHolds(simulation, HalfMinute);
        Assert.Empty(simulation.Disk.DeadLetters);
    }

    [Fact]
    public void A_sample_to_which_the_target_answers_500_holds_up_no_other()
    {
        var simulation = WithPrometheus();
        simulation.Network.Poison = "poison";
        simulation.Repeats("good", 4, HalfMinute);
        simulation.World.After(TimeSpan.FromSeconds(5), () => simulation.Push(new SimulatedPush
        {
            Operation = PushOperation.Append,
            Samples = [new PushedSample("poison", "a", simulation.NextValue()), new PushedSample("beside", "a", simulation.NextValue())],
        }));

        AssertHolds(simulation, HalfMinute);
        AssertNone(simulation.Check().Late(TimeSpan.FromSeconds(10)).Take(3));
    }

    [Theory]
    [InlineData(FailureKind.NoAnswer, false)]
    [InlineData(FailureKind.NoAnswer, true)]
    [InlineData(FailureKind.Status, false)]
    [InlineData(FailureKind.Status, true)]
    public void What_a_push_in_two_messages_has_ended_ends_in_a_target_that_fails_for_a_while(FailureKind kind, bool killed)
    {
        var simulation = new Simulation(1, new PrometheusTarget(TimeSpan.Zero), maxMessageBytes: 300);
        simulation.Push(Replacing(0));
        simulation.World.RunUntil(() => false, TimeSpan.FromSeconds(2));
        simulation.Network.Failing = new Failure(kind, 500);
        simulation.Push(Replacing(3));
        simulation.World.RunUntil(() => false, TimeSpan.FromSeconds(50));
        if (killed)
        {
            simulation.Kill();
        }

        AssertHolds(simulation, HalfMinute);
        Assert.Equal([2, 2], simulation.Pushes.Select(push => push.Messages.Count));
        Assert.Empty(simulation.Disk.DeadLetters);
        Assert.Equal(3, simulation.Target.Series.Keys.Count(series => StaleMarker.Is(simulation.Target.Newest(series)!.Value.Value)));

        SimulatedPush Replacing(int first) => new()
        {
            Operation = PushOperation.Replace,
            Group = "job/g",
            Samples = [.. Enumerable.Range(first, 4).Select(i => new PushedSample("m", $"{i}", simulation.NextValue()))],
        };
    }

    private static void AssertHolds(Simulation simulation, TimeSpan duration) => AssertNone(simulation.Run(duration, Hour).Take(5));

    private static void AssertNone(IEnumerable<string> violations)
    {
        var text = string.Join("\n", violations);
        Assert.True(text.Length == 0, text);
    }
}
