using System.Globalization;
using System.Net;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>The rig itself: each real component starts, does its job once and leaves nothing behind.</summary>
public sealed class RigTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prometheus_answers_a_query_and_leaves_no_process()
    {
        int id;
        await using (var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation))
        {
            id = prometheus.Process.Id;
            var result = await prometheus.QueryAsync("vector(12)", cancellationToken: Cancellation);
            var series = Assert.Single(result);
            Assert.Equal("12", Assert.Single(series.Samples).Value);
            Assert.Empty(await prometheus.QueryRangeRawAsync("absent_metric", cancellationToken: Cancellation));
            Assert.Empty(await prometheus.SeriesAsync("absent_metric", Cancellation));
            Assert.True(IsRunning(id));
        }

        Assert.False(IsRunning(id));
    }

    [Fact]
    public async Task Prometheus_scrapes_the_real_pushgateway_and_keeps_its_data_over_a_stop()
    {
        await using var pushgateway = await RealPushgateway.StartAsync(cancellationToken: Cancellation);
        using var answer = await pushgateway.PushAsync(
            HttpMethod.Put, "metrics/job/backup/instance/db1", "rig_value 42.5\n", Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        var options = new PrometheusOptions { ScrapeTargets = [pushgateway.Address.Authority] };
        await using var prometheus = await PrometheusServer.StartAsync(options, Cancellation);
        var scraped = await Poll.UntilAsync(
            token => prometheus.QueryRangeRawAsync("rig_value", cancellationToken: token),
            result => result is [{ Samples.Count: >= 2 }],
            "two scrapes",
            cancellationToken: Cancellation);
        Assert.Equal("backup", scraped[0]["job"]);
        Assert.Equal("db1", scraped[0]["instance"]);
        Assert.All(scraped[0].Samples, sample => Assert.Equal("42.5", sample.Value));

        await prometheus.StopAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => prometheus.QueryAsync("rig_value", cancellationToken: Cancellation));
        await prometheus.StartAgainAsync(Cancellation);
        var kept = await prometheus.QueryRangeRawAsync("rig_value", cancellationToken: Cancellation);
        var keptSamples = Assert.Single(kept).Samples;
        Assert.All(scraped[0].Samples, sample => Assert.Contains(sample, keptSamples));
    }

    [Fact]
    public async Task VictoriaMetrics_takes_OTLP_and_returns_what_was_written()
    {
        await using var victoria = await VictoriaMetricsServer.StartAsync(Cancellation);
        Assert.Equal(HttpStatusCode.OK, await PostEmptyOtlpAsync(victoria.Client, victoria.OtlpMetricsUrl));

        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        using var line = new StringContent(string.Create(CultureInfo.InvariantCulture, $"rig_value{{a=\"b\"}} 1.5 {now}\n"));
        using var imported = await victoria.Client.PostAsync(
            new Uri("api/v1/import/prometheus", UriKind.Relative), line, Cancellation);
        imported.EnsureSuccessStatusCode();
        var exported = Assert.Single(await victoria.ExportAsync("rig_value", Cancellation));
        Assert.Equal("b", exported["a"]);
        Assert.Equal(new Sample(now, "1.5"), Assert.Single(exported.Samples));
        var queried = await victoria.Api.QueryRangeRawAsync("rig_value", cancellationToken: Cancellation);
        Assert.Equal(new Sample(now, "1.5"), Assert.Single(Assert.Single(queried).Samples));
    }

    [Fact]
    public async Task VmAgent_forwards_to_Prometheus_by_remote_write()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var agent = await VmAgent.StartAsync(prometheus.RemoteWriteUrl, Cancellation);
        Assert.Equal(HttpStatusCode.OK, await PostEmptyOtlpAsync(agent.Client, agent.OtlpMetricsUrl));

        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        using var line = new StringContent(string.Create(CultureInfo.InvariantCulture, $"rig_value{{a=\"b\"}} 1.5 {now}\n"));
        using var imported = await agent.Client.PostAsync(
            new Uri("api/v1/import/prometheus", UriKind.Relative), line, Cancellation);
        imported.EnsureSuccessStatusCode();
        var arrived = await Poll.UntilAsync(
            token => prometheus.QueryRangeRawAsync("rig_value", cancellationToken: token),
            result => result.Count > 0,
            "the sample in Prometheus",
            cancellationToken: Cancellation);
        Assert.Equal(new Sample(now, "1.5"), Assert.Single(Assert.Single(arrived).Samples));
        Assert.Equal("b", arrived[0]["a"]);
    }

    [Fact]
    public async Task Fauxqs_round_trip_and_dead_letters()
    {
        await using var fauxqs = await Fauxqs.StartAsync(Cancellation);
        await RoundTripAsync(fauxqs.Sqs);
    }

    [Fact]
    public async Task Moto_round_trip_and_dead_letters()
    {
        // Optional even with PUSHGATEWAY_REQUIRE_REAL=1: a machine without it has nothing to check here.
        if (!MotoServer.IsAvailable)
            return;
        await using var moto = await MotoServer.StartAsync(Cancellation);
        await RoundTripAsync(moto.Sqs);
    }

    [Fact]
    public async Task Dynalite_writes_on_a_condition_and_reads_back()
    {
        await using var dynalite = await Dynalite.StartAsync(Cancellation);
        const string Schema = """
            {
              "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
              "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]
            }
            """;
        const string Put = """
            {"TableName": "rig", "Item": {"id": {"S": "a"}, "n": {"N": "1"}}, "ConditionExpression": "attribute_not_exists(id)"}
            """;
        const string Get = """{"TableName": "rig", "Key": {"id": {"S": "a"}}}""";
        await dynalite.CreateTableAsync("rig", Schema, Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(() => dynalite.CreateTableAsync("rig", Schema, Cancellation));

        Assert.Equal(HttpStatusCode.OK, (await dynalite.AskAsync("PutItem", Put, Cancellation)).Status);
        var (status, json) = await dynalite.AskAsync("PutItem", Put, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("ConditionalCheckFailedException", json, StringComparison.Ordinal);
        Assert.Equal("""{"Item":{"id":{"S":"a"},"n":{"N":"1"}}}""", (await dynalite.AskAsync("GetItem", Get, Cancellation)).Json);

        await dynalite.KillAsync();
        await dynalite.StartAgainAsync(Cancellation);
        Assert.Contains("ResourceNotFoundException", (await dynalite.AskAsync("GetItem", Get, Cancellation)).Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Python_client_pushes_to_the_real_pushgateway()
    {
        await using var pushgateway = await RealPushgateway.StartAsync(cancellationToken: Cancellation);
        var result = await PythonClient.RunAsync(
            """
            import sys
            from prometheus_client import CollectorRegistry, Gauge, push_to_gateway
            registry = CollectorRegistry()
            Gauge('rig_value', 'Written by the official client.', registry=registry).set(7.25)
            push_to_gateway(sys.argv[1], job='python', registry=registry)
            """,
            pushgateway.Address.Authority);
        result.EnsureSuccess();
        var text = await pushgateway.ScrapeAsync(Cancellation);
        Assert.Contains("rig_value{instance=\"\",job=\"python\"} 7.25\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promtool_tells_valid_from_invalid()
    {
        var valid = await PromTool.CheckMetricsAsync("# HELP rig_value A value.\n# TYPE rig_value gauge\nrig_value 1\n");
        Assert.Equal(0, valid.EnsureSuccess().ExitCode);
        var invalid = await PromTool.CheckMetricsAsync("rig_value one\n");
        Assert.NotEqual(0, invalid.ExitCode);
        Assert.Contains("expected float", invalid.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_process_dies_when_disposed_with_its_children()
    {
        int parent;
        int child;
        await using (var process = await ChildProcess.StartAsync(new("bash", "-c", "sleep 600 & echo $!; wait")))
        {
            parent = process.Id;
            await Poll.UntilAsync(
                () => process.StandardOutput.Count == 1, "the child's id", cancellationToken: Cancellation);
            child = int.Parse(process.StandardOutput[0], CultureInfo.InvariantCulture);
            Assert.True(IsRunning(parent));
            Assert.True(IsRunning(child));
        }

        Assert.False(IsRunning(parent));
        await Poll.UntilAsync(() => !IsRunning(child), "the grandchild to end", cancellationToken: Cancellation);
    }

    [Fact]
    public async Task A_child_process_ends_by_the_signal_it_is_sent()
    {
        await using var obedient = await ChildProcess.StartAsync(new("sleep", "600"));
        Assert.Equal(128 + 15, await obedient.TerminateAsync());

        const string Deaf = "trap '' TERM; echo deaf; while :; do sleep 1; done";
        await using var deaf = await ChildProcess.StartAsync(new("bash", "-c", Deaf));
        await deaf.WaitForLineAsync("deaf", cancellationToken: Cancellation);
        await Assert.ThrowsAsync<TimeoutException>(() => deaf.TerminateAsync(TimeSpan.FromMilliseconds(300)));
        await deaf.KillAsync();
        Assert.Equal(128 + 9, await deaf.WaitForExitAsync());
    }

    [Fact]
    public async Task A_process_that_ends_before_it_is_ready_fails_at_once_with_its_output()
    {
        await using var process = await ChildProcess.StartAsync(new("bash", "-c", "echo no such luck >&2; exit 3"));
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => process.WaitUntilReadyAsync(_ => Task.FromResult(false), cancellationToken: Cancellation));
        Assert.Contains("exit code 3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no such luck", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_are_never_handed_out_twice()
    {
        var ports = Enumerable.Range(0, 250).Select(_ => FreePort.Next()).ToList();
        Assert.Equal(ports.Count, ports.Distinct().Count());
    }

    [Fact]
    public async Task A_poll_that_ends_in_vain_tells_what_it_saw_last()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => Poll.UntilAsync(
            _ => Task.FromResult(41), value => value == 42, "the answer", TimeSpan.FromMilliseconds(50), Cancellation));
        Assert.Contains("the answer", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Last observed: 41", failure.Message, StringComparison.Ordinal);
    }

    static async Task RoundTripAsync(SqsEndpoint sqs)
    {
        var (queue, deadLetters) = await sqs.CreateQueueWithDeadLettersAsync(
            maxReceiveCount: 1, visibilityTimeout: TimeSpan.FromSeconds(1), cancellationToken: Cancellation);
        Assert.Empty(await queue.ReceiveAsync(cancellationToken: Cancellation));

        await queue.SendAsync("hello", new Dictionary<string, string> { ["Content-Type"] = "text/plain" }, Cancellation);
        Assert.Equal(new SqsCounts(1, 0, 0), await queue.CountAsync(Cancellation));
        var message = Assert.Single(await queue.ReceiveAsync(TimeSpan.FromSeconds(5), Cancellation));
        Assert.Equal("hello", message.Body);
        Assert.Equal("text/plain", message.MessageAttributes["Content-Type"].StringValue);
        Assert.Equal("1", message.Attributes["ApproximateReceiveCount"]);
        await queue.DeleteAsync(message, Cancellation);
        Assert.Equal(0, (await queue.CountAsync(Cancellation)).Total);

        await queue.SendAllAsync(Enumerable.Range(0, 25).Select(i => $"poison {i}"), cancellationToken: Cancellation);
        await Poll.UntilAsync(
            async token =>
            {
                await queue.ReceiveAsync(cancellationToken: token);
                return await deadLetters.CountAsync(token);
            },
            counts => counts.Visible == 25,
            "every message in the dead-letter queue",
            cancellationToken: Cancellation);
        Assert.Equal(25, (await deadLetters.DrainAsync(Cancellation)).Select(dead => dead.Body).Distinct().Count());
    }

    // A request without resource metrics is an empty protobuf message: no bytes.
    static async Task<HttpStatusCode> PostEmptyOtlpAsync(HttpClient client, Uri url)
    {
        using var body = new ByteArrayContent([]);
        body.Headers.ContentType = new("application/x-protobuf");
        using var answer = await client.PostAsync(url, body, Cancellation);
        return answer.StatusCode;
    }

    // A process that ended but is not yet reaped by its parent counts as ended.
    static bool IsRunning(int id)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }
}
