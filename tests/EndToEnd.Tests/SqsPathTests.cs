using System.Globalization;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>What is pushed to Api, or put into SQS by another producer, is delivered by Worker.</summary>
public sealed class SqsPathTests(FauxqsToPrometheus servers) : IClassFixture<FauxqsToPrometheus>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Fact]
    public async Task Pushes_by_curl_arrive()
    {
        await servers.StartAsync();
        await PushAndCheckAsync(servers.Pipeline, servers.Prometheus);
    }

    [Fact]
    public async Task Pushes_by_curl_arrive_through_moto()
    {
        // Optional even with PUSHGATEWAY_REQUIRE_REAL=1: a machine without it has nothing to check here.
        if (!MotoServer.IsAvailable)
            return;
        await using var moto = await MotoServer.StartAsync(Cancellation);
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var pipeline = await SqsPipeline.StartAsync(moto.Sqs, FauxqsToPrometheus.RemoteWriteTo(prometheus));
        await PushAndCheckAsync(pipeline, prometheus);
    }

    [Fact]
    public async Task A_push_to_a_group_arrives_with_the_groups_labels()
    {
        await servers.StartAsync();
        var group = new Uri(servers.Pipeline.Api.BaseAddress, "metrics/job/sqs/instance/a%20b").AbsoluteUri;
        var before = Now;
        Assert.Equal(202, (await Curl.RunAsync("--request", "PUT", group, "--data", "sqs_group 1.5\n")).Status);
        var after = Now;
        var (series, sample) = await servers.Prometheus.Api.WaitForOneAsync("sqs_group");
        Assert.Equal(("sqs", "a b"), (series["job"], series["instance"]));
        Assert.Equal("1.5", sample.Value);
        Assert.InRange(sample.TimestampMs, before, after);
    }

    [Fact]
    public async Task A_json_record_of_another_producer_arrives()
    {
        await servers.StartAsync();
        var timestamp = Now - 60_001;
        var before = Now;
        await servers.Pipeline.Queue.SendAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"dimensions\":{{\"device\":\"7\"}},\"metrics\":{{\"sqs_direct\":\"21.5\"}},\"timestamp\":{timestamp}}}"),
            cancellationToken: Cancellation);
        await servers.Pipeline.Queue.SendAsync(
            "[{\"dimensions\":{\"device\":\"8\"},\"metrics\":{\"sqs_direct_now\":3}}]", cancellationToken: Cancellation);
        var after = Now;

        var (series, sample) = await servers.Prometheus.Api.WaitForOneAsync("sqs_direct");
        Assert.Equal("7", series["device"]);
        Assert.Equal(2, series.Labels.Count);
        Assert.Equal(new Sample(timestamp, "21.5"), sample);

        // The time of receipt is the queue's.
        var (_, assigned) = await servers.Prometheus.Api.WaitForOneAsync("sqs_direct_now");
        Assert.Equal("3", assigned.Value);
        Assert.InRange(assigned.TimestampMs, before, after);
    }

    [Fact]
    public async Task Text_of_another_producer_arrives()
    {
        await servers.StartAsync();
        var timestamp = Now - 777;
        await servers.Pipeline.Queue.SendAsync(
            string.Create(CultureInfo.InvariantCulture, $"# TYPE sqs_text gauge\nsqs_text{{a=\"b\"}} -Inf {timestamp}\n"),
            new Dictionary<string, string> { ["Content-Type"] = "text/plain; version=0.0.4" },
            Cancellation);
        var (series, sample) = await servers.Prometheus.Api.WaitForOneAsync("sqs_text");
        Assert.Equal("b", series["a"]);
        Assert.Equal(new Sample(timestamp, "-Inf"), sample);
    }

    [Fact]
    public async Task A_poison_message_among_a_thousand_delays_no_other()
    {
        const int Count = 1000;
        const int Poison = 500;
        await servers.StartAsync();

        // A message that is not settled at once stays hidden for longer than this test waits.
        await using var pipeline = await SqsPipeline.StartAsync(
            servers.Fauxqs.Sqs, FauxqsToPrometheus.RemoteWriteTo(servers.Prometheus), visibilityTimeout: TimeSpan.FromMinutes(30));
        await pipeline.Worker.KillAsync();
        var now = Now;
        await pipeline.Queue.SendAllAsync(
            Enumerable.Range(0, Count).Select(i => i == Poison ? "{\"poison\":" : string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"dimensions\":{{\"n\":\"{i}\"}},\"metrics\":{{\"sqs_thousand\":{i}}},\"timestamp\":{now - i}}}")),
            cancellationToken: Cancellation);
        await pipeline.Worker.StartAgainAsync(Cancellation);

        var arrived = await servers.Prometheus.Api.WaitForAsync("sqs_thousand", Count - 1);
        Assert.Equal(
            Enumerable.Range(0, Count).Where(i => i != Poison).Select(i => new Sample(now - i, i.ToString(CultureInfo.InvariantCulture))),
            arrived.OrderBy(series => int.Parse(series["n"], CultureInfo.InvariantCulture)).Select(series => Assert.Single(series.Samples)));
        await Poll.UntilAsync(
            async token => (await pipeline.Queue.CountAsync(token)).Total,
            total => total == 0,
            "an empty queue",
            Deadlines.Delivery,
            Cancellation);

        var letter = Assert.Single(await pipeline.DeadLetters.DrainAsync(Cancellation));
        Assert.Equal("{\"poison\":", letter.Body);
        Assert.StartsWith("json-invalid: ", letter.MessageAttributes["Dead-Letter-Reason"].StringValue, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sample_that_Prometheus_refuses_ends_in_the_dead_letter_queue_and_the_others_arrive()
    {
        await servers.StartAsync();
        var now = Now;
        var tooOld = now - (long)TimeSpan.FromHours(3).TotalMilliseconds;
        await using var pipeline = await SqsPipeline.StartAsync(
            servers.Fauxqs.Sqs, FauxqsToPrometheus.RemoteWriteTo(servers.Prometheus), visibilityTimeout: TimeSpan.FromMinutes(30));

        // The time from which Prometheus counts is the newest sample that it has.
        await pipeline.Queue.SendAsync(Record("first", now), cancellationToken: Cancellation);
        await servers.Prometheus.Api.WaitForAsync("sqs_refused", 1);
        await pipeline.Queue.SendAllAsync([Record("old", tooOld), .. Enumerable.Range(0, 20).Select(i => Record($"new{i}", now - i))], cancellationToken: Cancellation);

        var arrived = await servers.Prometheus.Api.WaitForAsync("sqs_refused", 21);
        Assert.Equal(21, arrived.Count);
        Assert.All(arrived, series => Assert.Single(series.Samples));
        await Poll.UntilAsync(
            async token => (await pipeline.DeadLetters.CountAsync(token)).Visible,
            visible => visible == 1,
            "the dead letter",
            Deadlines.Delivery,
            Cancellation);
        var letter = Assert.Single(await pipeline.DeadLetters.DrainAsync(Cancellation));
        Assert.Equal(Record("old", tooOld), letter.Body);
        Assert.StartsWith("sink-rejected: ", letter.MessageAttributes["Dead-Letter-Reason"].StringValue, StringComparison.Ordinal);

        static string Record(string name, long timestamp) => string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"dimensions\":{{\"n\":\"{name}\"}},\"metrics\":{{\"sqs_refused\":1}},\"timestamp\":{timestamp}}}");
    }

    static async Task PushAndCheckAsync(SqsPipeline pipeline, PrometheusServer prometheus)
    {
        var url = new Uri(pipeline.Api.BaseAddress, "metrics").AbsoluteUri;
        var timestamp = Now - 4321;
        var text = string.Create(CultureInfo.InvariantCulture, $"sqs_curl{{form=\"text\"}} 0.1 {timestamp}\nsqs_curl{{form=\"nan\"}} NaN {timestamp}\n");
        Assert.Equal(new CurlAnswer(202, ""), await Curl.RunAsync(url, "--data", text));
        var json = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"dimensions\":{{\"form\":\"json\"}},\"metrics\":{{\"sqs_curl\":1e300}},\"timestamp\":{timestamp}}}");
        Assert.Equal(new CurlAnswer(202, ""), await Curl.RunAsync(url, "--data", json));
        var before = Now;
        Assert.Equal(202, (await Curl.RunAsync(url, "--data", "sqs_curl{form=\"now\"} 5\n")).Status);
        var after = Now;

        var arrived = (await prometheus.Api.WaitForAsync("sqs_curl", 4)).ToDictionary(series => series["form"]);
        Assert.All(arrived.Values, series => Assert.Equal(2, series.Labels.Count));
        Assert.Equal(new Sample(timestamp, "0.1"), Assert.Single(arrived["text"].Samples));
        Assert.Equal(new Sample(timestamp, "NaN"), Assert.Single(arrived["nan"].Samples));
        Assert.Equal(new Sample(timestamp, "1e+300"), Assert.Single(arrived["json"].Samples));
        var assigned = Assert.Single(arrived["now"].Samples);
        Assert.Equal("5", assigned.Value);
        Assert.InRange(assigned.TimestampMs, before, after);
    }
}
