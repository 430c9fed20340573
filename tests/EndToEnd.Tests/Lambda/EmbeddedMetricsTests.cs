using System.Collections.Concurrent;
using System.Globalization;
using PushGateway.LambdaEmulator;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests.Lambda;

/// <summary>What the functions tell CloudWatch of themselves, in lines of their logs.</summary>
public sealed class EmbeddedMetricsTests
{
    const string Namespace = "PushGateway";

    readonly ConcurrentQueue<(string Function, string Line)> _lines = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_push_is_counted_in_one_line_of_each_function_before_it_is_frozen()
    {
        await using var path = await AwsPath.StartAsync(
            LambdaPath.Options(WorkerTarget.RemoteWrite) with
            {
                Environment = new Dictionary<string, string> { ["PUSHGATEWAY_METRICS_NAMESPACE"] = Namespace },
                LineWritten = (function, line) => _lines.Enqueue((function, line)),
            },
            Cancellation);

        Assert.Equal(202, (await Curl.RunAsync(path.Url("metrics"), "--data", "emf{n=\"1\"} 1\nemf{n=\"2\"} 2\n")).Status);

        // Neither is given anything more to do: a line can only be one that was written before.
        await WaitForFreezeAsync(path.Api);
        Assert.Equal(
            [
                ("pushgateway.messages.queued", "service=pushgateway", "Count", 1),
                ("pushgateway.pushes", "service=pushgateway", "Count", 1),
                ("pushgateway.pushes", "service=pushgateway,format=text,result=accepted", "Count", 1),
                ("pushgateway.samples.received", "service=pushgateway", "Count", 2),
            ],
            (await WaitForLineAsync("api")).Select(metric => (metric.Name, metric.Dimensions, metric.Unit, metric.Sum)).Order());

        await path.Prometheus.Api.WaitForAsync("emf", 2);
        await WaitForFreezeAsync(path.Worker);
        var delivered = await WaitForLineAsync("worker");
        Assert.Equal(
            [
                ("pushgateway.delivery.duration", "Seconds"),
                ("pushgateway.messages.delivered", "Count"),
                ("pushgateway.queue.age", "Seconds"),
                ("pushgateway.samples.delivered", "Count"),
            ],
            delivered.Select(metric => (metric.Name, metric.Unit)).Order());
        Assert.All(delivered, metric => Assert.Equal((Namespace, "service=pushgateway-worker"), (metric.Namespace, metric.Dimensions)));
        Assert.Equal(2, delivered.Single(metric => metric.Name == "pushgateway.samples.delivered").Sum);
    }

    // Stopped by a signal, its process is in state T.
    static Task WaitForFreezeAsync(LambdaFunction function) => Poll.UntilAsync(
        () => File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{Assert.Single(function.Sandboxes).Process.Id}/stat"))
            .Contains(") T ", StringComparison.Ordinal),
        $"{function.Options.Name} to be frozen",
        Deadlines.Delivery,
        Cancellation);

    async Task<IReadOnlyList<EmbeddedMetric>> WaitForLineAsync(string function)
    {
        var lines = await Poll.UntilAsync(
            _ => Task.FromResult(_lines.Where(one => one.Function == function && EmbeddedMetricFormat.IsMetrics(one.Line)).ToList()),
            lines => lines.Count > 0,
            $"the line of {function}",
            Deadlines.Delivery,
            Cancellation);
        return EmbeddedMetricFormat.Read(Assert.Single(lines).Line);
    }
}
