using Microsoft.Extensions.Time.Testing;
using PushGateway.Delivery;
using PushGateway.Sinks;
using Xunit;

namespace PushGateway.Core.Tests.Delivery;

public sealed class TargetHealthTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly TargetHealth _health;
    private readonly Log _log = new();

    public TargetHealthTests() => _health = new TargetHealth(_time);

    [Fact]
    public void A_failure_that_passes_is_no_outage()
    {
        Fail("HTTP 503");
        _time.Advance(Second);
        Assert.True(_health.State.IsUp);

        Answer(SinkResult.Delivered);
        _time.Advance(5 * Second);
        Assert.Equal(new TargetState(true, Start, null), _health.State);
    }

    [Fact]
    public void A_target_that_only_fails_is_down_since_the_first_failure_for_the_last_reason()
    {
        Fail("HTTP 503");
        _time.Advance(Second);
        Fail("HTTP 401: who are you?");
        _time.Advance(Second);

        Assert.Equal(new TargetState(false, Start, "HTTP 401: who are you?"), _health.State);
    }

    [Fact]
    public void A_target_that_refuses_answers()
    {
        Fail("HTTP 503");
        _time.Advance(3 * Second);
        Answer(SinkResult.Rejected("HTTP 400"));

        Assert.True(_health.State.IsUp);
    }

    [Fact]
    public void A_target_that_does_not_answer_is_down()
    {
        var sent = _health.Sending();
        _time.Advance(3.9 * Second);
        Assert.True(_health.State.IsUp);
        _time.Advance(0.1 * Second);
        Assert.Equal((false, Start), (_health.State.IsUp, _health.State.Since));

        _health.Ended(sent, SinkResult.Delivered);
        Assert.Equal(new TargetState(true, Start + (4 * Second), null), _health.State);
    }

    [Fact]
    public void A_target_that_answers_others_is_up_while_one_request_takes_long()
    {
        var slow = _health.Sending();
        _time.Advance(1.5 * Second);
        Answer(SinkResult.Delivered);
        _time.Advance(3.5 * Second);
        Assert.True(_health.State.IsUp);

        _time.Advance(Second);
        Assert.Equal((false, Start + (1.5 * Second)), (_health.State.IsUp, _health.State.Since));
        _health.Ended(slow, null);
        Assert.True(_health.State.IsUp);
    }

    [Fact]
    public void The_monitor_tells_of_an_outage_at_growing_intervals_and_of_its_end()
    {
        var monitor = new DeliveryMonitor(() => new DeliveryState(_health.State), _log, _time);
        Fail("HTTP 401");
        for (var second = 0; second < 1000; second++)
        {
            monitor.Look();
            _time.Advance(Second);
        }

        Answer(SinkResult.Delivered);
        monitor.Look();
        monitor.Look();

        Assert.Equal(
            ["2 down HTTP 401", "62 down HTTP 401", "182 down HTTP 401", "422 down HTTP 401", "902 down HTTP 401", "1000 up after 1000 s"],
            _log.Lines.Select(line => $"{(line.At - Start).TotalSeconds} {line.Text}"));
    }

    private void Fail(string reason) => Answer(SinkResult.Retry(reason));

    private void Answer(SinkResult result)
    {
        var sent = _health.Sending();
        _log.Now = _time.GetUtcNow;
        _health.Ended(sent, result);
    }

    private sealed class Log : DeliveryObserver
    {
        public List<(DateTimeOffset At, string Text)> Lines { get; } = [];

        public Func<DateTimeOffset> Now { get; set; } = () => default;

        public override void TargetDown(DeliveryState state) => Lines.Add((Now(), $"down {state.Target!.Reason}"));

        public override void TargetUp(TimeSpan outage) => Lines.Add((Now(), $"up after {outage.TotalSeconds} s"));
    }
}
