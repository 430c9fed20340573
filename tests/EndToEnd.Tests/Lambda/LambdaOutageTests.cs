using System.Globalization;
using PushGateway.LambdaEmulator;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests.Lambda;

/// <summary>The target is away for longer than its out-of-order window, while the same series are pushed again and again.</summary>
public sealed class LambdaOutageTests
{
    const int Pushers = 20;

    static readonly TimeSpan Window = TimeSpan.FromSeconds(15);

    static readonly TimeSpan Away = TimeSpan.FromSeconds(20);

    static readonly TimeSpan Around = TimeSpan.FromSeconds(3);

    static readonly TimeSpan BetweenPushes = TimeSpan.FromSeconds(1);

    bool _isAway;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Fact]
    public async Task Nothing_is_lost_while_several_functions_drain_what_an_outage_has_left()
    {
        await using var dynalite = await Dynalite.StartAsync(Cancellation);
        var table = new GroupsTable(dynalite);
        await table.CreateAsync();
        await using var path = await AwsPath.StartAsync(
            LambdaPath.Options(WorkerTarget.RemoteWrite) with
            {
                OutOfOrderWindow = Window,
                Environment = new Dictionary<string, string>(LambdaGroups.Settings(table)) { ["PUSHGATEWAY_TARGET_OUT_OF_ORDER_WINDOW"] = $"{Window.TotalSeconds}s" },
                Schedule = new AmpSchedule(() => Volatile.Read(ref _isAway) ? AmpAnswer.Unavailable : AmpAnswer.Accept),
                EventSource = new SqsEventSourceOptions { BatchSize = 10, MaximumConcurrency = 4, ReportBatchItemFailures = true },
            },
            Cancellation);

        var pushes = await PushForAsync(path, 0, Around);
        await path.Prometheus.Api.WaitForAsync("outage", 1);
        Volatile.Write(ref _isAway, true);
        pushes = await PushForAsync(path, pushes, Away);
        Volatile.Write(ref _isAway, false);
        pushes = await PushForAsync(path, pushes, Around);

        await Poll.UntilAsync(
            async token => (await path.Queue.CountAsync(token)).Total, total => total == 0, "an empty queue", Deadlines.Delivery, Cancellation);
        Assert.Empty((await path.DeadLetters.DrainAsync(Cancellation)).Select(letter => letter.MessageAttributes["Dead-Letter-Reason"].StringValue));
        var stored = await path.Prometheus.QueryRangeRawAsync("outage", cancellationToken: Cancellation);
        Assert.Equal(Pushers, stored.Count);
        Assert.All(stored, series => Assert.Equal(
            Enumerable.Range(0, pushes).Select(i => i.ToString(CultureInfo.InvariantCulture)), series.Samples.Select(sample => sample.Value)));
        Assert.Contains(503, path.Amp!.Statuses);
    }

    // Returns the number of pushes of each pusher by then.
    static async Task<int> PushForAsync(AwsPath path, int pushes, TimeSpan time)
    {
        for (var end = Now + (long)time.TotalMilliseconds; Now < end; pushes++)
        {
            var now = Now;
            await path.Queue.SendAllAsync(
                Enumerable.Range(0, Pushers).Select(i => string.Create(
                    CultureInfo.InvariantCulture, $"{{\"dimensions\":{{\"i\":\"{i}\"}},\"metrics\":{{\"outage\":{pushes}}},\"timestamp\":{now}}}")),
                cancellationToken: Cancellation);
            await Poll.UntilAsync(() => Now >= now + (long)BetweenPushes.TotalMilliseconds, "the time of the next push", Deadlines.Delivery, Cancellation);
        }

        return pushes;
    }
}
