using System.Text;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Core.Tests.Groups;
using PushGateway.Delivery;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Sinks;
using Xunit;

namespace PushGateway.Core.Tests.Delivery;

public sealed class DirectExpiryTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));

    [Fact]
    public async Task A_target_that_asks_for_a_long_pause_holds_up_a_sweep_no_longer_than_a_batch()
    {
        var options = new DeliveryOptions { BatchTimeout = TimeSpan.FromMinutes(1) };
        var store = new MemoryGroupStore(GroupStoreOptions.Default, _time);
        var nowNs = _time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        var push = new TestPush(PushOperation.Merge, "job/a", nowNs, [new TestSeries("ending", MetricType.Gauge, "help", "ending", "x", [new Sample(nowNs / 1_000_000, 1)])]) { TimeToLive = TimeSpan.FromMinutes(1) };
        store.Apply(push.ToGroupPush(), new GroupEffects());
        var sink = new ScriptedSink(names => names.Any(name => name.StartsWith("ending", StringComparison.Ordinal))
            ? SinkResult.Retry("HTTP 503", options.MaxRetryAfter)
            : SinkResult.Delivered);
        var handler = new BatchHandler(sink, store, PushLimits.Default, options, _time);
        var sweep = new ExpirySweep(store, new DirectExpiry(handler, options, _time, new DeliveryObserver()), options, _time, new DeliveryObserver());
        _time.Advance(TimeSpan.FromMinutes(2));
        var started = _time.GetUtcNow();

        var sweeping = sweep.SweepAsync(TestContext.Current.CancellationToken).AsTask();
        await Testing.Poll.UntilAsync(
            async _ =>
            {
                // The target takes everything else, so it is not down.
                await handler.HandleAsync([Message(_time.GetUtcNow().ToUnixTimeMilliseconds())], TestContext.Current.CancellationToken);
                _time.Advance(TimeSpan.FromSeconds(2));
                return sweeping.IsCompleted;
            },
            "the end of the sweep",
            cancellationToken: TestContext.Current.CancellationToken);

        await sweeping;
        Assert.InRange(_time.GetUtcNow() - started, TimeSpan.Zero, options.BatchTimeout + TimeSpan.FromSeconds(10));
        Assert.Single(await store.FindExpiredAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
    }

    private static ReceivedMessage Message(long sentMs) => new(
        $"{sentMs}", new QueueMessage(Encoding.UTF8.GetBytes("""{"dimensions":{"a":"b"},"metrics":{"m":1}}"""), new Dictionary<string, string>()), sentMs);
}
