using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PushGateway.Aws.Tests.Sqs;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>The real Api and Worker as Lambda functions.</summary>
public sealed class FunctionProcessTests
{
    private const string Queue = "http://sqs.local/123456789012/my-queue";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Api_puts_a_push_into_the_queue_and_listens_nowhere()
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, request) => ScriptedSqs.Answer(request, false, ""));
        await using var runtime = await ScriptedRuntimeApi.StartAsync();
        await using var api = await FunctionProcess.StartAsync("Api", runtime.Address, new Dictionary<string, string>
        {
            ["PUSHGATEWAY_QUEUE_URL"] = Queue,
            ["PUSHGATEWAY_MAX_BODY_BYTES"] = "50",
            ["AWS_ENDPOINT_URL_SQS"] = sqs.Url,
        });

        var answer = await runtime.InvokeAsync(Push("/metrics/job/back%2Bup/instance/x%20y", "text/plain", "backup_ok{} 1.5\n"));
        Assert.Equal(202, answer.HttpStatus);
        var sent = Assert.Single(sqs.Calls);
        Assert.Equal("SendMessage", sent.Action);
        Assert.Equal("job/back%2Bup/instance/x%20y", Group(sent.Body));

        Assert.Equal(415, (await runtime.InvokeAsync(Push("/metrics", "image/png", "x"))).HttpStatus);
        var tooLarge = await runtime.InvokeAsync(Push("/metrics", "text/plain", new string('x', 51)));
        Assert.Equal(413, tooLarge.HttpStatus);
        Assert.Equal("body-too-large", (string)JsonNode.Parse(tooLarge.HttpBody)!["code"]!);
        var malformed = await runtime.InvokeAsync(Push("/metrics", "text/plain", "{}{}"));
        Assert.Equal(400, malformed.HttpStatus);
        Assert.Equal("text-invalid", (string)JsonNode.Parse(malformed.HttpBody)!["code"]!);
        Assert.Equal("Function.EventInvalid", (await runtime.InvokeAsync("{}")).ErrorType);
        Assert.Equal(200, (await runtime.InvokeAsync(Get("/-/healthy"))).HttpStatus);
        Assert.Contains("swagger-ui", (await runtime.InvokeAsync(Get("/swagger/index.html"))).HttpText, StringComparison.Ordinal);
        Assert.Single(sqs.Calls);

        // The lines that it has logged are all that it says: no banner, and nothing of ports.
        Assert.DoesNotContain(api.Process.StandardOutput, line => line.Contains("http://", StringComparison.Ordinal));
        Assert.Equal(0, await api.Process.TerminateAsync());
    }

    [Fact]
    public async Task Api_answers_503_while_the_queue_cannot_be_had()
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, _) => ScriptedSqs.Error(400, "AccessDeniedException"));
        await using var runtime = await ScriptedRuntimeApi.StartAsync();
        await using var api = await FunctionProcess.StartAsync("Api", runtime.Address, new Dictionary<string, string>
        {
            ["PUSHGATEWAY_QUEUE_URL"] = Queue,
            ["AWS_ENDPOINT_URL_SQS"] = sqs.Url,
        });

        var answer = await runtime.InvokeAsync(Push("/metrics", "text/plain", "a{b=\"c\"} 1\n"));
        Assert.Equal(503, answer.HttpStatus);
        Assert.Equal("1", (string)answer.Json["headers"]!["Retry-After"]!);
    }

    [Fact]
    public async Task Api_answers_504_when_the_queue_does_not_answer_in_time()
    {
        using var silent = new SilentServer();
        await using var runtime = await ScriptedRuntimeApi.StartAsync();
        await using var api = await FunctionProcess.StartAsync("Api", runtime.Address, new Dictionary<string, string>
        {
            ["PUSHGATEWAY_QUEUE_URL"] = Queue,
            ["AWS_ENDPOINT_URL_SQS"] = silent.Url,
        });

        var answer = await runtime.InvokeAsync(Push("/metrics", "text/plain", "a{b=\"c\"} 1\n"), TimeSpan.FromSeconds(3));

        Assert.Equal(504, answer.HttpStatus);
        Assert.Equal("The time for this request was up; send it again.\n", answer.HttpText);
    }

    [Fact]
    public async Task Api_answers_503_when_the_queue_does_not_answer_and_there_is_time_left()
    {
        using var silent = new SilentServer();
        await using var runtime = await ScriptedRuntimeApi.StartAsync();
        await using var api = await FunctionProcess.StartAsync("Api", runtime.Address, new Dictionary<string, string>
        {
            ["PUSHGATEWAY_QUEUE_URL"] = Queue,
            ["AWS_ENDPOINT_URL_SQS"] = silent.Url,
        });

        var answer = await runtime.InvokeAsync(Push("/metrics", "text/plain", "a{b=\"c\"} 1\n"));

        Assert.Equal(503, answer.HttpStatus);
        Assert.Equal("queue-unavailable", (string)JsonNode.Parse(answer.HttpBody)!["code"]!);
    }

    [Fact]
    public async Task Worker_leaves_a_message_that_the_target_does_not_take_in_time()
    {
        await using var runtime = await ScriptedRuntimeApi.StartAsync();
        await using var worker = await StartWorkerAsync(runtime);

        var sqsEvent = JsonNode.Parse(GoldenEvent.Read("sqs"))!;
        sqsEvent["Records"]!.AsArray().RemoveAt(1);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        sqsEvent["Records"]![0]!["attributes"]!["SentTimestamp"] = now.ToString(CultureInfo.InvariantCulture);
        var answer = await runtime.InvokeAsync(sqsEvent.ToJsonString(), TimeSpan.FromSeconds(5));

        Assert.Equal(
            """{"batchItemFailures":[{"itemIdentifier":"059f36b4-87a3-44ab-83d2-661975830a7d"}]}""", Encoding.UTF8.GetString(answer.Body));

        // Level and message in one line, for CloudWatch makes an event of each.
        await worker.Process.WaitForLineAsync("1 messages could not be delivered", cancellationToken: Cancellation);
        Assert.StartsWith(
            "warn: ",
            worker.Process.StandardOutput.Single(line => line.Contains("1 messages could not be delivered", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.Equal("Function.PushRefused", (await runtime.InvokeAsync("""{"body":"m 1\n","contentType":"image/png"}""")).ErrorType);
        Assert.Equal(0, await worker.Process.TerminateAsync());
    }

    [Fact]
    public async Task Api_writes_its_metrics_for_CloudWatch_when_a_namespace_is_set()
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, request) => ScriptedSqs.Answer(request, false, ""));
        await using var runtime = await ScriptedRuntimeApi.StartAsync();
        await using var api = await FunctionProcess.StartAsync("Api", runtime.Address, new Dictionary<string, string>
        {
            ["PUSHGATEWAY_QUEUE_URL"] = Queue,
            ["AWS_ENDPOINT_URL_SQS"] = sqs.Url,
            ["PUSHGATEWAY_METRICS_NAMESPACE"] = "My Team/Push Gateway",
        });

        Assert.Equal(202, (await runtime.InvokeAsync(Push("/metrics", "text/plain", "a 1\nb 2\n"))).HttpStatus);
        Assert.Equal(400, (await runtime.InvokeAsync(Push("/metrics", "text/plain", "{}{}"))).HttpStatus);
        Assert.Equal(200, (await runtime.InvokeAsync(Get("/-/healthy"))).HttpStatus);
        await Poll.UntilAsync(() => runtime.Calls.Count(call => call == "next") == 4, "the next poll", cancellationToken: Cancellation);
        Assert.Equal(0, await api.Process.TerminateAsync());

        // Nothing was measured of the third request.
        var lines = api.Process.StandardOutput.Where(EmbeddedMetricFormat.IsMetrics).Select(EmbeddedMetricFormat.Read).ToList();
        Assert.Equal(2, lines.Count);
        Assert.Equal(
            [
                ("pushgateway.messages.queued", "service=pushgateway", "Count", 1),
                ("pushgateway.pushes", "service=pushgateway", "Count", 1),
                ("pushgateway.pushes", "service=pushgateway,format=text,result=accepted", "Count", 1),
                ("pushgateway.samples.received", "service=pushgateway", "Count", 2),
            ],
            lines[0].Select(metric => (metric.Name, metric.Dimensions, metric.Unit, metric.Sum)).Order());
        Assert.Equal(
            [
                ("pushgateway.pushes", "service=pushgateway", "Count", 1),
                ("pushgateway.pushes", "service=pushgateway,format=text,result=text-invalid", "Count", 1),
            ],
            lines[1].Select(metric => (metric.Name, metric.Dimensions, metric.Unit, metric.Sum)).Order());
        Assert.All(lines.SelectMany(line => line), metric => Assert.Equal("My Team/Push Gateway", metric.Namespace));
    }

    [Fact]
    public async Task Worker_writes_its_metrics_for_CloudWatch_when_a_namespace_is_set()
    {
        await using var runtime = await ScriptedRuntimeApi.StartAsync();
        await using var worker = await FunctionProcess.StartAsync(
            "Worker", runtime.Address, new Dictionary<string, string>(Settings()) { ["PUSHGATEWAY_METRICS_NAMESPACE"] = "PushGateway" });

        // Time for a second try on a busy machine, too: the function uses it up.
        await runtime.InvokeAsync(GoldenEvent.Read("sqs"), TimeSpan.FromSeconds(15));
        await Poll.UntilAsync(() => runtime.Calls.Count(call => call == "next") == 2, "the next poll", cancellationToken: Cancellation);
        Assert.Equal(0, await worker.Process.TerminateAsync());

        var metrics = worker.Process.StandardOutput.Where(EmbeddedMetricFormat.IsMetrics).SelectMany(EmbeddedMetricFormat.Read).ToList();
        var duration = Assert.Single(metrics, metric => metric.Name == "pushgateway.delivery.duration");
        Assert.Equal(("service=pushgateway-worker", "Seconds"), (duration.Dimensions, duration.Unit));
        Assert.Contains(metrics, metric => metric is { Name: "pushgateway.sink.retries", Dimensions: "service=pushgateway-worker", Sum: > 0 });
    }

    [Fact]
    public async Task Without_a_namespace_no_metrics_are_written_and_none_are_exposed()
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, request) => ScriptedSqs.Answer(request, false, ""));
        await using var runtime = await ScriptedRuntimeApi.StartAsync();
        await using var api = await FunctionProcess.StartAsync("Api", runtime.Address, new Dictionary<string, string>
        {
            ["PUSHGATEWAY_QUEUE_URL"] = Queue,
            ["AWS_ENDPOINT_URL_SQS"] = sqs.Url,
        });

        Assert.Equal(202, (await runtime.InvokeAsync(Push("/metrics", "text/plain", "a 1\n"))).HttpStatus);
        var metrics = await runtime.InvokeAsync(Get("/metrics"));

        Assert.Equal((200, ""), (metrics.HttpStatus, metrics.HttpText));
        Assert.Equal(0, await api.Process.TerminateAsync());
        Assert.DoesNotContain(api.Process.StandardOutput, EmbeddedMetricFormat.IsMetrics);
    }

    // The providers are made once the first event is there, and the sandbox may never get another.
    [Fact]
    public async Task What_the_first_event_measures_is_exported_by_OTLP()
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, request) => ScriptedSqs.Answer(request, false, ""));
        await using var collector = OtlpCollector.Start();
        await using var runtime = await ScriptedRuntimeApi.StartAsync();
        await using var api = await FunctionProcess.StartAsync("Api", runtime.Address, new Dictionary<string, string>
        {
            ["PUSHGATEWAY_QUEUE_URL"] = Queue,
            ["AWS_ENDPOINT_URL_SQS"] = sqs.Url,
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint,
        });

        Assert.Equal(202, (await runtime.InvokeAsync(Push("/metrics", "text/plain", "a 1\n"))).HttpStatus);

        // Sent by the flush after the answer, and on a slow machine somewhat later: the metrics, the request's span, the queueing's.
        await WaitForExportAsync(collector, "/v1/metrics", "pushgateway.pushes");
        await WaitForExportAsync(collector, "/v1/traces", "Microsoft.AspNetCore");
        await WaitForExportAsync(collector, "/v1/traces", "push enqueue");
    }

    [Theory]
    [InlineData("Api")]
    [InlineData("Worker")]
    public async Task A_namespace_that_CloudWatch_does_not_take_is_an_init_error(string project)
    {
        await using var runtime = await ScriptedRuntimeApi.StartAsync();
        await using var function = await FunctionProcess.StartAsync(
            project, runtime.Address, new Dictionary<string, string>(Settings()) { ["PUSHGATEWAY_METRICS_NAMESPACE"] = "AWS/Mine" });

        var error = await runtime.AnswerAsync("init");

        Assert.Equal("Runtime.SettingsException", error.ErrorType);
        Assert.StartsWith("PUSHGATEWAY_METRICS_NAMESPACE: \"AWS/Mine\" is not", error.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Api")]
    [InlineData("Worker")]
    public async Task A_function_that_is_set_wrongly_says_so_as_its_init_error(string project)
    {
        await using var runtime = await ScriptedRuntimeApi.StartAsync();
        await using var function = await FunctionProcess.StartAsync(project, runtime.Address, new Dictionary<string, string>());

        var error = await runtime.AnswerAsync("init");

        Assert.Equal("Runtime.SettingsException", error.ErrorType);
        Assert.Contains("PUSHGATEWAY_QUEUE_URL", error.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(1, await function.Process.WaitForExitAsync());
        Assert.DoesNotContain("next", runtime.Calls);
    }

    [Theory]
    [InlineData("Api")]
    [InlineData("Worker")]
    public async Task A_function_exits_when_the_runtime_api_is_out_of_order(string project)
    {
        await using var runtime = await ScriptedRuntimeApi.StartAsync();
        runtime.NextStatus = 500;
        await using var function = await FunctionProcess.StartAsync(project, runtime.Address, Settings());

        Assert.Equal(1, await function.Process.WaitForExitAsync());
        Assert.Equal(["next"], runtime.Calls);
    }

    private static Task WaitForExportAsync(OtlpCollector collector, string path, string text) =>
        Poll.UntilAsync(() => collector.Count(path, Encoding.UTF8.GetBytes(text)) > 0, $"{text} in {path}", cancellationToken: Cancellation);

    private static Task<FunctionProcess> StartWorkerAsync(ScriptedRuntimeApi runtime) =>
        FunctionProcess.StartAsync("Worker", runtime.Address, Settings());

    // Nothing listens on that port.
    private static Dictionary<string, string> Settings() => new()
    {
        ["PUSHGATEWAY_QUEUE_URL"] = Queue,
        ["PROMETHEUS_REMOTE_WRITE_URL"] = $"http://127.0.0.1:{FreePort.Next().ToString(CultureInfo.InvariantCulture)}/api/v1/write",
    };

    private static string Group(JsonNode message) => (string)message["MessageAttributes"]!["Push-Group"]!["StringValue"]!;

    private static string Get(string path) =>
        HttpRequestTests.Event("GET", path, "url-id.lambda-url.us-west-2.on.aws", "$default").ToJsonString();

    private static string Push(string path, string contentType, string body)
    {
        var json = HttpRequestTests.Event("POST", path, "url-id.lambda-url.us-west-2.on.aws", "$default");
        json["headers"]!["content-type"] = contentType;
        json["body"] = body;
        return json.ToJsonString();
    }
}
