using System.Diagnostics.Metrics;
using Amazon.DynamoDBv2.Model;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Aws.Lambda.Events;
using PushGateway.Aws.Sqs;
using PushGateway.Aws.Tests.DynamoDb;
using PushGateway.Delivery;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Sinks;
using PushGateway.Telemetry;
using Xunit;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>Parts of a push that wait for the others come again, but nothing has failed.</summary>
public sealed class WaitingPartsTests(DynaliteEmulator emulator) : IClassFixture<DynaliteEmulator>
{
    // Other tests count failures at the same time.
    private static readonly AsyncLocal<bool> IsCounted = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_part_that_waits_for_the_others_does_not_count_as_a_failure()
    {
        using var table = await TestTable.CreateAsync(await emulator.StartAsync(), Cancellation);
        var broken = new Dictionary<string, AttributeValue> { ["path"] = new("job/broken"), ["version"] = new() { N = "1" }, ["schema"] = new() { N = "99" } };
        await table.Client.PutItemAsync(new PutItemRequest { TableName = table.Name, Item = broken }, Cancellation);
        var time = new FakeTimeProvider(table.Time.Now);
        var observer = new RecordingObserver();
        var sink = new RecordingSink((_, _) => ValueTask.FromResult(SinkResult.Delivered));
        using var queue = new SqsPushQueue(
            new SqsQueueOptions { QueueUrl = "http://sqs.local/123456789012/pushes" }, time, _ => throw new InvalidOperationException("nobody calls SQS"));
        var delivery = new EventBatchDelivery(queue, new BatchHandler(sink, table.Store, PushLimits.Default, new DeliveryOptions(), time), observer, time);
        var first = Part("first", 1, time);
        var alone = 0L;
        using (Count(count => alone += count))
        {
            IsCounted.Value = true;
            Assert.Equal(["first"], await delivery.DeliverAsync([first], TimeSpan.FromSeconds(20)));
        }

        Assert.Empty(observer.Failures);
        Assert.Equal(0, alone);

        Assert.Equal(
            ["broken", "first"], (await delivery.DeliverAsync([Part("broken", 1, time, "job/broken"), first], TimeSpan.FromSeconds(20))).Order(StringComparer.Ordinal));
        Assert.Equal(["1 The item of group job/broken cannot be read: it has schema 99, which is of a newer release."], observer.Failures);

        Assert.Empty(await delivery.DeliverAsync([first, Part("second", 2, time)], TimeSpan.FromSeconds(20)));
        Assert.Equal(["first", "second"], sink.Stored.Select(stored => stored.Split(' ')[0]).Where(name => name is "first" or "second").Order(StringComparer.Ordinal));
    }

    private static MeterListener Count(Action<long> failed)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == PushTelemetry.Name && instrument.Name == "pushgateway.messages.failed")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) =>
        {
            if (IsCounted.Value)
            {
                failed(count);
            }
        });
        listener.Start();
        return listener;
    }

    private static ReceivedMessage Part(string id, int number, FakeTimeProvider time, string group = "job/cut")
    {
        var sent = time.GetUtcNow().ToUnixTimeMilliseconds();
        var attributes = new Dictionary<string, string>
        {
            [MessageAttribute.ContentType] = "text/plain",
            [MessageAttribute.Group] = group,
            [MessageAttribute.Operation] = "replace",
            [MessageAttribute.Part] = $"{number}/2",
            [MessageAttribute.Time] = $"{sent}000000",
        };
        return SqsEventMessage.Create(
            id,
            null,
            $"{id} 1\n",
            attributes.ToDictionary(pair => pair.Key, pair => new Amazon.SQS.Model.MessageAttributeValue { DataType = "String", StringValue = pair.Value }),
            $"{sent}",
            "1",
            time);
    }
}
