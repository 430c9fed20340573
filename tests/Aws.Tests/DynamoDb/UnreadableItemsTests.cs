using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Aws.DynamoDb;
using PushGateway.Telemetry;
using Xunit;

namespace PushGateway.Aws.Tests.DynamoDb;

public sealed class UnreadableItemsTests
{
    [Fact]
    public void Each_item_is_counted_and_one_in_ten_minutes_is_logged()
    {
        var counted = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == PushTelemetry.Name && instrument.Name == "pushgateway.groups.skipped")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref counted, count));
        listener.Start();
        var time = new FakeTimeProvider();
        var logger = new ListLogger<UnreadableItems>();
        var items = new UnreadableItems(logger, time);

        items.Skip("one.");
        items.Skip("two.");
        time.Advance(TimeSpan.FromMinutes(10));
        items.Skip("three.");

        Assert.Equal(["one.", "three."], logger.Lines.Select(line => line.Split(": ")[1]));
        Assert.InRange(Interlocked.Read(ref counted), 3, long.MaxValue);
    }
}
