using System.Text;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Delivery;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Sinks;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Core.Tests.Delivery;

public sealed class DeliveryPumpTests
{
    private const long SentMs = 1_700_000_000_000;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(SentMs));
    private TimeSpan _renewInterval = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Each_message_is_settled_by_what_became_of_it()
    {
        var queue = new ScriptedQueue(Message("good"), Message("poison", "no json"));

        await RunAsync(queue, _ => SinkResult.Delivered);

        Assert.Equal(["complete good", "bury poison"], queue.Log);
    }

    [Theory]
    [InlineData("complete", "complete a", "abandon a")]
    [InlineData("bury", "bury b", "abandon b")]
    public async Task What_could_not_be_settled_is_given_back(string broken, params string[] expected)
    {
        var queue = new ScriptedQueue(broken == "bury" ? Message("b", "no json") : Message("a")) { Broken = { broken } };
        var observer = new RecordingObserver();

        await RunAsync(queue, _ => SinkResult.Delivered, observer);

        Assert.Equal(expected, queue.Log);
        Assert.IsType<QueueUnavailableException>(Assert.Single(observer.Exceptions));
    }

    [Theory]
    [InlineData("bury", "complete good", "abandon bad", "bury poison", "abandon poison")]
    [InlineData("complete", "complete good", "abandon good", "abandon bad", "bury poison")]
    [InlineData("abandon", "complete good", "abandon bad", "bury poison")]
    public async Task Each_message_is_settled_whatever_becomes_of_the_others(string broken, params string[] expected)
    {
        const string Bad = """{"dimensions":{"a":"b"},"metrics":{"bad":1}}""";
        var queue = new ScriptedQueue(Message("good"), Message("poison", "no json"), Message("bad", Bad)) { Broken = { broken } };
        var observer = new RecordingObserver();

        await RunAsync(queue, series => series.Any(name => name.Contains("bad", StringComparison.Ordinal)) ? throw new InvalidOperationException("bug") : SinkResult.Delivered, observer);

        Assert.Equal(expected, queue.Log.Where(operation => !operation.StartsWith("renew", StringComparison.Ordinal)));
        Assert.IsType<QueueUnavailableException>(Assert.Single(observer.Exceptions));
    }

    [Fact]
    public async Task A_sink_that_throws_loses_nothing()
    {
        var queue = new ScriptedQueue(Message("a"));
        var observer = new RecordingObserver();

        await RunAsync(queue, _ => throw new InvalidOperationException("bug"), observer);

        Assert.Equal("abandon a", queue.Log[^1]);
        Assert.Equal(["1 bug"], observer.Failures);
    }

    [Fact]
    public async Task What_a_target_that_is_down_does_not_take_is_renewed_and_given_back()
    {
        _renewInterval = TimeSpan.FromSeconds(4);
        var queue = new ScriptedQueue(Message("a"));
        var observer = new RecordingObserver();

        await RunAsync(queue, _ => SinkResult.Retry("HTTP 503"), observer);

        Assert.Equal("abandon a", queue.Log[^1]);
        Assert.Equal([RedeliveryDelay.Of(TimeSpan.FromMinutes(2))], queue.Delays);
        Assert.All(queue.Log.SkipLast(1), operation => Assert.Equal("renew a", operation));
        Assert.True(queue.Log.Count > 2, "the batch was not renewed");
        Assert.Equal(["1 HTTP 503"], observer.Failures);
    }

    [Fact]
    public async Task When_asked_to_stop_the_batch_in_flight_is_finished()
    {
        using var stopping = new CancellationTokenSource();
        var queue = new ScriptedQueue(Message("a"));
        var sink = new ScriptedSink(_ =>
        {
            stopping.Cancel();
            return SinkResult.Delivered;
        });

        await Pump(queue, sink, new DeliveryObserver()).RunAsync(stopping.Token);

        Assert.Equal(["complete a"], queue.Log);
    }

    [Fact]
    public async Task What_a_receive_brings_after_the_stop_is_delivered()
    {
        using var stopping = new CancellationTokenSource();
        var queue = new ScriptedQueue(Message("a")) { HandingOut = stopping.Cancel };

        await Pump(queue, new ScriptedSink(_ => SinkResult.Delivered), new DeliveryObserver()).RunAsync(stopping.Token);

        Assert.Equal(["complete a"], queue.Log);
    }

    [Fact]
    public async Task What_a_receive_brings_after_the_stop_is_given_back_at_the_end_of_the_drain()
    {
        using var stopping = new CancellationTokenSource();
        var queue = new ScriptedQueue(Message("a")) { HandingOut = stopping.Cancel };
        var observer = new RecordingObserver();

        var running = Pump(queue, new ScriptedSink(_ => SinkResult.Retry("HTTP 503")), observer).RunAsync(stopping.Token);
        _time.Advance(new DeliveryOptions().DrainTimeout - TimeSpan.FromMilliseconds(1));
        Assert.Empty(queue.Log);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await running.WaitAsync(Poll.DefaultDeadline, TestContext.Current.CancellationToken);

        Assert.Equal(["abandon a"], queue.Log);
        Assert.Equal([new DeliveryOptions().MinBackoff], queue.Delays);
        Assert.Equal(["1 HTTP 503"], observer.Failures);
    }

    [Theory]
    [InlineData(-30, 10)]
    [InlineData(0, 10)]
    [InlineData(3600, 10)]
    [InlineData(7200, 360)]
    [InlineData(14 * 86_400, 3600)]
    public void A_message_is_tried_again_soon_and_an_old_one_after_a_twentieth_of_its_age(long ageSeconds, double delaySeconds) =>
        Assert.Equal(delaySeconds, RedeliveryDelay.Of(TimeSpan.FromSeconds(ageSeconds)).TotalSeconds);

    [Theory]
    [InlineData(1.0 / 24, 360)]
    [InlineData(1, 427)]
    [InlineData(7, 571)]
    [InlineData(14, 739)]
    public void A_message_is_received_less_often_than_a_queue_allows(double days, int expected)
    {
        var receives = 0;
        for (var age = TimeSpan.Zero; age < TimeSpan.FromDays(days); age += RedeliveryDelay.Of(age))
        {
            receives++;
        }

        Assert.InRange(receives, expected - 3, expected + 3);
    }

    private async Task RunAsync(ScriptedQueue queue, Func<IReadOnlyList<string>, SinkResult> answer, DeliveryObserver? observer = null)
    {
        using var stopping = new CancellationTokenSource();
        var running = Pump(queue, new ScriptedSink(answer), observer ?? new DeliveryObserver()).RunAsync(stopping.Token);
        await Poll.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(5));
                return queue.Drained.IsCompleted;
            },
            "the pump to come back for more");
        await stopping.CancelAsync();
        await running;
    }

    private DeliveryPump Pump(ScriptedQueue queue, IMetricSink sink, DeliveryObserver observer)
    {
        var options = new DeliveryOptions { BatchTimeout = TimeSpan.FromMinutes(2), RenewInterval = _renewInterval };
        return new DeliveryPump(queue, new BatchHandler(sink, groups: null, PushLimits.Default, options, _time), options, _time, observer);
    }

    private static ReceivedMessage Message(string id, string body = """{"dimensions":{"a":"b"},"metrics":{"m":1}}""") =>
        new(id, new QueueMessage(Encoding.UTF8.GetBytes(body), new Dictionary<string, string>()), SentMs);

    private sealed class RecordingObserver : DeliveryObserver
    {
        public List<Exception> Exceptions { get; } = [];

        public List<string> Failures { get; } = [];

        public override void Faulted(Exception exception) => Exceptions.Add(exception);

        public override void Failed(int messages, string reason) => Failures.Add($"{messages} {reason}");
    }
}
