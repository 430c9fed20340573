using Microsoft.Extensions.Time.Testing;
using PushGateway.Aws.Tests.Lambda;
using PushGateway.Core.Tests.Groups;
using PushGateway.Delivery;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Sinks;
using Xunit;

namespace PushGateway.Aws.Tests.DynamoDb;

/// <summary>The sweep of a table with more due groups than it has time for.</summary>
public sealed class DynamoSweepTests(DynaliteEmulator emulator) : IClassFixture<DynaliteEmulator>
{
    private const int Groups = 400;

    // More than a page of groups takes, which are read, applied and confirmed, and less than it takes to read all that are due.
    private const int ReadsOfRun = 320;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_run_ends_as_many_groups_as_it_has_time_for()
    {
        using var table = await TestTable.CreateAsync(await emulator.StartAsync(), Cancellation);
        await table.ApplyAsync([.. Enumerable.Range(0, Groups).Select(i => new TestPush(
            PushOperation.Merge,
            $"job/j{i}",
            table.Time.NowNs,
            [new TestSeries("a", MetricType.Gauge, "help", "a", "x", [new Sample(1000, 1)])]) { TimeToLive = TimeSpan.FromMinutes(1) })]);
        table.Time.Now += TimeSpan.FromMinutes(2);
        var options = new DeliveryOptions();
        var observer = new RecordingObserver();
        var handler = new BatchHandler(
            new RecordingSink((_, _) => ValueTask.FromResult(SinkResult.Delivered)), table.Store, PushLimits.Default, options, table.Time);
        var sweep = new ExpirySweep(table.Store, new DirectExpiry(handler, options, new FakeTimeProvider(table.Time.Now), observer), options, table.Time, observer);

        var left = Groups;
        while (left > 0)
        {
            await RunAsync(table, sweep);
            var before = left;
            left = (await table.ExpiredAsync()).Count;
            Assert.True(left < before, $"The run ended none of {before} groups.");
        }

        Assert.Empty((await table.ReadAsync()).Groups);
    }

    private static async Task RunAsync(TestTable table, ExpirySweep sweep)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var reads = 0;
        table.Client.AfterGet = _ => Interlocked.Increment(ref reads) == ReadsOfRun ? deadline.CancelAsync() : Task.CompletedTask;
        try
        {
            await sweep.SweepAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            // The time of the run was up.
        }

        table.Client.AfterGet = _ => Task.CompletedTask;
    }
}
