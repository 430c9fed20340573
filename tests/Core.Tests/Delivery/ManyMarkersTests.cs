using System.Globalization;
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

/// <summary>A push that ends more series than the group store tells at once.</summary>
public sealed class ManyMarkersTests
{
    private const int Groups = 25;
    private const int SeriesPerGroup = 1000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delete_of_everything_by_a_hundred_selectors_brings_each_marker_once_and_ends()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000));
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var store = new MemoryGroupStore(GroupStoreOptions.Default, time);
        for (var group = 0; group < Groups; group++)
        {
            var series = Enumerable.Range(group * SeriesPerGroup, SeriesPerGroup).Select(i =>
                new TestSeries("f", MetricType.Gauge, "", "f", i.ToString(CultureInfo.InvariantCulture), [new Sample(nowMs - 10, 1)]));
            var path = string.Create(CultureInfo.InvariantCulture, $"job/j{group}");
            store.Apply(new TestPush(PushOperation.Replace, path, (nowMs - 10) * 1_000_000, [.. series]).ToGroupPush(), new GroupEffects());
        }

        var sink = new CountingSink();
        var handler = new BatchHandler(sink, store, PushLimits.Default, new DeliveryOptions(), time);
        var messages = new List<QueueMessage>();
        foreach (var selector in Enumerable.Repeat(GroupSelector.All, 100))
        {
            var header = new PushHeader(PushOperation.Delete, null, nowMs * 1_000_000) { Selector = selector };
            Assert.Null(PushMessageCodec.Encode(header, new MetricBatch(), new MessageCapacity(1 << 20, TextOnly: false, ChunkBytes: 0), messages));
        }

        IReadOnlyList<ReceivedMessage> waiting =
            [.. messages.Select((message, i) => new ReceivedMessage(i.ToString(CultureInfo.InvariantCulture), message, nowMs))];
        for (var batches = 0; waiting.Count > 0; batches++)
        {
            Assert.InRange(batches, 0, 3);
            var outcome = await handler.HandleAsync(waiting, Cancellation);
            Assert.Empty(outcome.DeadLetters);
            waiting = outcome.Failed;
        }

        Assert.Equal(Groups * SeriesPerGroup, sink.Samples);
    }

    private sealed class CountingSink : IMetricSink
    {
        public int Samples { get; private set; }

        public ValueTask<SentRequest> SendAsync(SampleRange range, CancellationToken cancellationToken)
        {
            Samples += range.Samples.Length;
            return ValueTask.FromResult(new SentRequest(range.Samples.Length, SinkResult.Delivered));
        }
    }
}
