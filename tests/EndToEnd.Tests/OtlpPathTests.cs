using System.Globalization;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>Delivery by OTLP keeps names, labels, values and timestamps, as far as the receiver does.</summary>
public sealed class OtlpPathTests
{
    static readonly long Timestamp = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 2345;

    static readonly string[] Expected =
    [
        .. new[]
        {
            "otlp_histogram_bucket{le=\"+Inf\",test=\"otlp\"} 3",
            "otlp_histogram_bucket{le=\"0.5\",test=\"otlp\"} 1",
            "otlp_histogram_count{test=\"otlp\"} 3",
            "otlp_histogram_sum{test=\"otlp\"} 4.5",
            "otlp_json{room=\"kitchen\",test=\"otlp\"} 21.5",
            "otlp_json_integer{room=\"kitchen\",test=\"otlp\"} 12",
            "otlp_requests_total{code=\"200\",test=\"otlp\"} 1027",
            "otlp_seconds{test=\"otlp\"} 0.1",
        }.Select(series => string.Create(CultureInfo.InvariantCulture, $"{series} @ {Timestamp}")).Order(StringComparer.Ordinal),
    ];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pushes_arrive_in_Prometheus_through_vmagent()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var agent = await VmAgent.StartAsync(prometheus.RemoteWriteUrl, Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(
            new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = agent.OtlpEndpoint.ToString() },
            cancellationToken: Cancellation);
        await PushAsync(gateway);
        var arrived = await prometheus.Api.WaitForAsync("{test=\"otlp\"}", Expected.Length);
        Assert.Equal(Expected, Describe(arrived));
    }

    [Fact]
    public async Task Pushes_arrive_in_VictoriaMetrics_through_SQS_and_Worker()
    {
        await using var fauxqs = await Fauxqs.StartAsync(Cancellation);
        await using var victoria = await VictoriaMetricsServer.StartAsync(Cancellation);
        await using var pipeline = await SqsPipeline.StartAsync(
            fauxqs.Sqs, new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = victoria.OtlpEndpoint.ToString() });
        await PushAsync(pipeline.Api);
        var arrived = await Poll.UntilAsync(
            token => victoria.ExportAsync("{test=\"otlp\"}", token),
            series => series.Sum(one => one.Samples.Count) >= Expected.Length,
            "the samples in VictoriaMetrics",
            Deadlines.Delivery,
            Cancellation);
        Assert.Equal(Expected, Describe(arrived));
    }

    static async Task PushAsync(GatewayProcess gateway)
    {
        var url = new Uri(gateway.BaseAddress, "metrics").AbsoluteUri;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            # TYPE otlp_requests_total counter
            otlp_requests_total{code="200",test="otlp"} 1027 {{Timestamp}}
            # TYPE otlp_seconds gauge
            otlp_seconds{test="otlp"} 0.1 {{Timestamp}}
            # TYPE otlp_histogram histogram
            otlp_histogram_bucket{le="0.5",test="otlp"} 1 {{Timestamp}}
            otlp_histogram_bucket{le="+Inf",test="otlp"} 3 {{Timestamp}}
            otlp_histogram_sum{test="otlp"} 4.5 {{Timestamp}}
            otlp_histogram_count{test="otlp"} 3 {{Timestamp}}

            """);
        Assert.Equal(202, (await Curl.RunAsync(url, "--data", text)).Status);
        var json = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"dimensions":{"room":"kitchen","test":"otlp"},"metrics":{"otlp_json":"21.5","otlp_json_integer":12},"timestamp":{{Timestamp}}}
            """);
        Assert.Equal(202, (await Curl.RunAsync(url, "--data", json)).Status);
    }

    static IEnumerable<string> Describe(IEnumerable<Series> series) =>
        series.Select(one => one.ToString()).Order(StringComparer.Ordinal);
}
