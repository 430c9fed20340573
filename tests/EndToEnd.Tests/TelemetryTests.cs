using System.Globalization;
using System.Text;
using System.Text.Json;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>What the processes tell about themselves.</summary>
public sealed class TelemetryTests
{
    const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    const string TraceParent = $"00-{TraceId}-b7ad6b7169203331-01";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_gateways_metrics_count_what_happened()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(
            FauxqsToPrometheus.RemoteWriteTo(prometheus), cancellationToken: Cancellation);
        Assert.Equal(202, await PushAsync(gateway, "telemetry_text{n=\"1\"} 1\ntelemetry_text{n=\"2\"} 2\n"));
        Assert.Equal(202, await PushAsync(gateway, "{\"dimensions\":{\"a\":\"b\"},\"metrics\":{\"telemetry_json\":1}}"));
        Assert.Equal(400, await PushAsync(gateway, "{\"dimensions\":{},\"metrics\":{\"telemetry_json\":1}}"));
        Assert.Equal(400, await PushAsync(gateway, "telemetry_text one\n"));
        await prometheus.Api.WaitForAsync("{__name__=~\"telemetry_.*\"}", 3);

        // One after the other: a scrape may come between them.
        string[] expected =
        [
            "pushgateway_messages_delivered_total 2",
            "pushgateway_pushes_total{format=\"json\",result=\"accepted\"} 1",
            "pushgateway_pushes_total{format=\"json\",result=\"dimensions-invalid\"} 1",
            "pushgateway_pushes_total{format=\"text\",result=\"accepted\"} 1",
            "pushgateway_pushes_total{format=\"text\",result=\"text-invalid\"} 1",
            "pushgateway_samples_received_total 3",
            "pushgateway_samples_delivered_total 3",
            "pushgateway_messages_queued_total 2",
            "pushgateway_queue_age_seconds_count 2",
            "pushgateway_queue_age_seconds_bucket{le=\"+Inf\"} 2",
            "# TYPE pushgateway_queue_age_seconds histogram",
            "# TYPE pushgateway_delivery_duration_seconds histogram",
            "# TYPE pushgateway_pushes_total counter",
        ];
        var text = "";
        await Poll.UntilAsync(
            async token => expected.Except((text = await ReadAsync(gateway, token)).Split('\n')),
            missing => !missing.Any(),
            "every count",
            Deadlines.Delivery,
            Cancellation);
        var check = await PromTool.CheckMetricsAsync(text);
        Assert.True(check.ExitCode is 0 or 3, check.Output);
    }

    [Fact]
    public async Task A_target_that_stops_taking_and_takes_again_is_told_of_in_log_metrics_and_status()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(
            FauxqsToPrometheus.RemoteWriteTo(prometheus), cancellationToken: Cancellation);
        await WaitForLineAsync(gateway, "pushgateway_target_up 1");

        await prometheus.RequireCredentialsAsync(Cancellation);
        Assert.Equal(202, await PushAsync(gateway, "telemetry_waiting 1\n"));
        await WaitForLogAsync(gateway, "The target has taken nothing since");
        await WaitForLineAsync(gateway, "pushgateway_target_up 0");
        await WaitForLineAsync(gateway, "pushgateway_queue_messages 1");
        Assert.Contains("HTTP status 401", gateway.Process.Output, StringComparison.Ordinal);
        Assert.Contains("1 messages wait, the oldest for", gateway.Process.Output, StringComparison.Ordinal);
        var page = await ReadAsync(gateway, Cancellation);
        Assert.Matches("\npushgateway_messages_failed_total [1-9]", page);
        Assert.Contains("\npushgateway_quarantined_messages 0\n", page, StringComparison.Ordinal);
        var status = await ReadStatusAsync(gateway);
        Assert.False(status.GetProperty("target").GetProperty("up").GetBoolean());
        Assert.Contains("401", status.GetProperty("target").GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, status.GetProperty("queue").GetProperty("messages").GetInt64());
        Assert.True(status.GetProperty("queue").GetProperty("oldest_seconds").GetDouble() > 0);

        await prometheus.RequireNoCredentialsAsync(Cancellation);
        await WaitForLogAsync(gateway, "The target takes requests again");
        await WaitForLineAsync(gateway, "pushgateway_target_up 1");
        await WaitForLineAsync(gateway, "pushgateway_queue_messages 0");
        status = await ReadStatusAsync(gateway);
        Assert.True(status.GetProperty("target").GetProperty("up").GetBoolean());
        Assert.False(status.GetProperty("target").TryGetProperty("reason", out _));
        await prometheus.Api.WaitForAsync("telemetry_waiting", 1);
    }

    [Fact]
    public async Task Dead_letters_are_counted_by_reason()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var gateway = await GatewayProcess.StartAsync(
            FauxqsToPrometheus.RemoteWriteTo(prometheus), cancellationToken: Cancellation);
        Assert.Equal(202, await PushAsync(gateway, "telemetry_new 1\n"));
        await prometheus.Api.WaitForAsync("telemetry_new", 1);

        // Older than what Prometheus takes, younger than what the gateway refuses.
        var old = DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds();
        Assert.Equal(202, await PushAsync(gateway, string.Create(CultureInfo.InvariantCulture, $"telemetry_new{{n=\"old\"}} 1 {old}\n")));
        await WaitForLineAsync(gateway, "pushgateway_messages_rejected_total{reason=\"sink-rejected\"} 1");
        await WaitForLogAsync(gateway, "sink-rejected");

        // The letter is kept, and with it the count.
        await WaitForLineAsync(gateway, "pushgateway_dead_letters 1");
        Assert.Equal(0, await gateway.StopAsync(Deadlines.Shutdown));
        await gateway.StartAgainAsync(Cancellation);
        await WaitForLineAsync(gateway, "pushgateway_dead_letters 1");
    }

    [Fact]
    public async Task A_trace_goes_on_from_the_sender_through_the_gateway()
    {
        await using var collector = OtlpCollector.Start();
        await using var gateway = await GatewayProcess.StartAsync(ExportTo(collector), cancellationToken: Cancellation);
        Assert.Equal(202, await PushAsync(gateway, "telemetry_trace 1\n", TraceParent));

        // The request, the queueing, the delivery.
        await WaitForTraceAsync(collector, 3);
        await WaitForAsync(collector, "/v1/metrics", "telemetry_trace");
        await WaitForAsync(collector, "/v1/metrics", "pushgateway.pushes");
    }

    [Fact]
    public async Task A_trace_goes_on_through_SQS_to_Worker()
    {
        await using var fauxqs = await Fauxqs.StartAsync(Cancellation);
        await using var collector = OtlpCollector.Start();
        await using var pipeline = await SqsPipeline.StartAsync(fauxqs.Sqs, ExportTo(collector), ExportTo(collector));
        Assert.Equal(202, await PushAsync(pipeline.Api, "telemetry_trace 1\n", TraceParent));
        await WaitForTraceAsync(collector, 3);
        await WaitForAsync(collector, "/v1/traces", "pushgateway-worker");
        await WaitForAsync(collector, "/v1/metrics", "pushgateway.messages.delivered");
    }

    // The endpoint is all that the exporters are told, beside haste: OTLP over HTTP is what the sink speaks to it, too.
    static Dictionary<string, string> ExportTo(OtlpCollector collector) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint,
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    static async Task<int> PushAsync(GatewayProcess gateway, string body, string? traceParent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "metrics") { Content = new StringContent(body) };
        request.Content.Headers.ContentType = null;
        if (traceParent is not null)
            request.Headers.Add("traceparent", traceParent);
        using var answer = await gateway.Client.SendAsync(request, Cancellation);
        return (int)answer.StatusCode;
    }

    static async Task WaitForTraceAsync(OtlpCollector collector, int spans)
    {
        var id = Convert.FromHexString(TraceId);
        await Poll.UntilAsync(
            _ => Task.FromResult(collector.Count("/v1/traces", id)),
            count => count >= spans,
            "the spans of the trace",
            Deadlines.Delivery,
            Cancellation);
        await WaitForAsync(collector, "/v1/traces", "push enqueue");
        await WaitForAsync(collector, "/v1/traces", "push deliver");
    }

    static Task WaitForAsync(OtlpCollector collector, string path, string text) => Poll.UntilAsync(
        () => collector.Count(path, Encoding.UTF8.GetBytes(text)) > 0,
        $"{text} in {path}",
        Deadlines.Delivery,
        Cancellation);

    static Task<string> ReadAsync(GatewayProcess gateway, CancellationToken cancellationToken) =>
        gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), cancellationToken);

    static Task<string> WaitForLineAsync(GatewayProcess gateway, string line) => Poll.UntilAsync(
        token => ReadAsync(gateway, token),
        text => text.Contains($"\n{line}\n", StringComparison.Ordinal),
        line,
        Deadlines.Delivery,
        Cancellation);

    static Task WaitForLogAsync(GatewayProcess gateway, string text) => Poll.UntilAsync(
        () => gateway.Process.Output.Contains(text, StringComparison.Ordinal), $"\"{text}\" in the log", Deadlines.Delivery, Cancellation);

    static async Task<JsonElement> ReadStatusAsync(GatewayProcess gateway)
    {
        using var answer = await gateway.Client.GetAsync(new Uri("api/v1/status", UriKind.Relative), Cancellation);
        using var document = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(Cancellation), cancellationToken: Cancellation);
        return document.RootElement.GetProperty("data").Clone();
    }
}
