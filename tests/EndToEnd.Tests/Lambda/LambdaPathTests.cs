using System.Globalization;
using PushGateway.LambdaEmulator;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests.Lambda;

/// <summary>What is pushed to the function URL arrives, though both functions are frozen between invocations.</summary>
public sealed class LambdaPathTests
{
    const string Push = """
        import sys
        from prometheus_client import CollectorRegistry, Gauge, Histogram, push_to_gateway
        registry = CollectorRegistry()
        Gauge('lambda_python', 'A gauge.', registry=registry).set(7.25)
        Histogram('lambda_python_seconds', 'A histogram.', buckets=(0.5, 2), registry=registry).observe(1)
        push_to_gateway(sys.argv[1], 'batch', registry, {'city': 'Köln/Süd', 'empty': ''})
        """;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Fact]
    public async Task By_OTLP_through_vmagent()
    {
        await using var path = await StartAsync(WorkerTarget.Agent);
        await PushAndCheckAsync(path);
    }

    [Fact]
    public async Task By_OTLP_through_the_collector_layer_to_AMP()
    {
        await using var path = await StartAsync(WorkerTarget.Collector);
        await PushAndCheckAsync(path);
        Assert.All(path.Amp!.Statuses, status => Assert.Equal(200, status));
    }

    // AMP checks each signature with botocore, and answers 403 to any that it would have made otherwise.
    [Fact]
    public async Task By_signed_remote_write_to_AMP()
    {
        await using var path = await StartAsync(WorkerTarget.RemoteWrite);
        await PushAndCheckAsync(path);
        Assert.NotEmpty(path.Amp!.Statuses);
        Assert.All(path.Amp.Statuses, status => Assert.Equal(200, status));
    }

    static Task<AwsPath> StartAsync(WorkerTarget target) => AwsPath.StartAsync(LambdaPath.Options(target), Cancellation);

    static async Task PushAndCheckAsync(AwsPath path)
    {
        var timestamp = Now - 4321;
        var url = path.Url("metrics");
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"lambda_curl{{form=\"text\"}} 0.1 {timestamp}\nlambda_curl{{form=\"inf\"}} -Inf {timestamp}\n");
        Assert.Equal(new CurlAnswer(202, ""), await Curl.RunAsync(url, "--data", text));
        var json = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"dimensions\":{{\"form\":\"json\"}},\"metrics\":{{\"lambda_curl\":1e300}},\"timestamp\":{timestamp}}}");
        Assert.Equal(new CurlAnswer(202, ""), await Curl.RunAsync(url, "--header", "Content-Type: application/json", "--data", json));
        var before = Now;
        Assert.Equal(202, (await Curl.RunAsync(url, "--data", "lambda_curl{form=\"now\"} 5\n")).Status);
        (await PythonClient.RunAsync(Push, path.FunctionUrl.Address.AbsoluteUri)).EnsureSuccess();
        var after = Now;

        // One after the other, so that one sandbox was frozen and thawed again for each.
        Assert.Equal(1, path.Api.SandboxesStarted);
        await CheckCurlAsync(path.Prometheus.Api, timestamp, before, after);
        await CheckPythonAsync(path.Prometheus.Api, before, after);
        await Poll.UntilAsync(
            async token => (await path.Queue.CountAsync(token)).Total == 0, "an empty queue", Deadlines.Delivery, Cancellation);
        Assert.Equal(0, (await path.DeadLetters.CountAsync(Cancellation)).Total);
        Assert.Equal(0, path.EventSource.FailedBatches);
    }

    static async Task CheckCurlAsync(PrometheusApi prometheus, long timestamp, long before, long after)
    {
        var arrived = (await prometheus.WaitForAsync("lambda_curl", 4)).ToDictionary(series => series["form"]);
        Assert.All(arrived.Values, series => Assert.Equal(2, series.Labels.Count));
        Assert.Equal(new Sample(timestamp, "0.1"), Assert.Single(arrived["text"].Samples));
        Assert.Equal(new Sample(timestamp, "-Inf"), Assert.Single(arrived["inf"].Samples));
        Assert.Equal(new Sample(timestamp, "1e+300"), Assert.Single(arrived["json"].Samples));
        var assigned = Assert.Single(arrived["now"].Samples);
        Assert.Equal("5", assigned.Value);
        Assert.InRange(assigned.TimestampMs, before, after);
    }

    static async Task CheckPythonAsync(PrometheusApi prometheus, long before, long after)
    {
        var (series, gauge) = await prometheus.WaitForOneAsync("lambda_python");
        Assert.Equal(("batch", "Köln/Süd"), (series["job"], series["city"]));
        Assert.Equal("7.25", gauge.Value);
        Assert.InRange(gauge.TimestampMs, before, after);
        var buckets = (await prometheus.WaitForAsync("lambda_python_seconds_bucket", 3)).ToDictionary(
            bucket => bucket["le"], bucket => Assert.Single(bucket.Samples));
        Assert.Equal(
            new Dictionary<string, Sample>
            {
                ["0.5"] = new(gauge.TimestampMs, "0"),
                ["2"] = new(gauge.TimestampMs, "1"),
                ["+Inf"] = new(gauge.TimestampMs, "1"),
            },
            buckets);
    }
}
