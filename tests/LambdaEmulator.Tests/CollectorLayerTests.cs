using System.IO.Compression;
using System.Net;
using PushGateway.Core.Tests.Sinks;
using PushGateway.Reference.Otlp;
using PushGateway.Sinks;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.LambdaEmulator.Tests;

public sealed class CollectorLayerTests : IDisposable
{
    readonly HttpClient _client = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Gauges_arrive_as_remote_write()
    {
        await using var amp = await StartAmpAsync();
        await using var layer = await CollectorLayer.StartAsync(new CollectorOptions(amp.RemoteWriteUrl));

        using var response = await PostAsync(
            layer, Requests.OtlpBody(new() { AsDouble = 1.5 }, new() { AsInt = -7 }, new() { Flags = 1 }));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/x-protobuf", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(["{__name__=\"m\", a=\"b\"}"], amp.Samples.Select(sample => sample.Series).Distinct());
        Assert.Equal([Requests.Milliseconds], amp.Samples.Select(sample => sample.Milliseconds).Distinct());
        Assert.Equal([1.5, -7], amp.Samples.Select(sample => sample.Value).Take(2));
        Assert.Equal(0x7ff0000000000002, BitConverter.DoubleToInt64Bits(amp.Samples[2].Value));
    }

    [Fact]
    public async Task What_has_no_gauges_ends_in_the_layer()
    {
        await using var amp = await StartAmpAsync();
        await using var layer = await CollectorLayer.StartAsync(new CollectorOptions(amp.RemoteWriteUrl));

        using var response = await PostAsync(layer, Requests.OtlpBody());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, amp.Requests);
    }

    [Fact]
    public async Task A_compressed_request_is_read()
    {
        await using var amp = await StartAmpAsync();
        await using var layer = await CollectorLayer.StartAsync(new CollectorOptions(amp.RemoteWriteUrl));
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(Requests.OtlpBody(new NumberDataPoint { AsDouble = 1.5 }), Cancellation);

        using var response = await PostAsync(layer, compressed.ToArray(), "gzip");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Single(amp.Samples);
    }

    [Fact]
    public async Task Traces_are_taken_and_nothing_else_but_metrics_is()
    {
        await using var amp = await StartAmpAsync();
        await using var layer = await CollectorLayer.StartAsync(new CollectorOptions(amp.RemoteWriteUrl));

        foreach (var (path, status) in new[] { ("v1/traces", HttpStatusCode.OK), ("v1/logs", HttpStatusCode.NotFound) })
        {
            using var content = new ByteArrayContent([]) { Headers = { ContentType = new("application/x-protobuf") } };
            using var response = await _client.PostAsync(new Uri(layer.Endpoint, path), content, Cancellation);
            Assert.Equal(status, response.StatusCode);
        }

        Assert.Equal(0, amp.Requests);
    }

    [Fact]
    public async Task The_targets_refusal_is_wrapped_as_the_collector_does()
    {
        var text = "user=1_ws-1: err: out of order sample. timestamp=2026-11-25T08:00:00Z" + new string('.', 300);
        await using var amp = await StartAmpAsync(AmpAnswer.BadRequest(text), AmpAnswer.Unavailable);
        await using var layer = await CollectorLayer.StartAsync(new CollectorOptions(amp.RemoteWriteUrl));

        var final = await FailAsync(layer);
        var passing = await FailAsync(layer);

        Assert.Equal(13, final.Code);
        Assert.Equal(
            $"Permanent error: Permanent error: remote write returned HTTP status 400 Bad Request; err = %!w(<nil>): {text[..256]}",
            final.Message);
        Assert.Equal(
            "Permanent error: remote write returned HTTP status 503 Service Unavailable; err = %!w(<nil>): service unavailable",
            passing.Message);
    }

    [Fact]
    public async Task A_target_that_does_not_answer_is_an_error_without_a_status()
    {
        await using var amp = await StartAmpAsync(AmpAnswer.Hang, AmpAnswer.Cut);
        var options = new CollectorOptions(amp.RemoteWriteUrl) { Timeout = TimeSpan.FromSeconds(1) };
        await using var layer = await CollectorLayer.StartAsync(options);

        Assert.Equal($"Permanent error: Post \"{amp.RemoteWriteUrl}\": context deadline exceeded", (await FailAsync(layer)).Message);
        var cut = (await FailAsync(layer)).Message;
        Assert.StartsWith($"Permanent error: Post \"{amp.RemoteWriteUrl}\": ", cut, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP status", cut, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, SinkStatus.Delivered)]
    [InlineData(400, SinkStatus.Rejected)]
    [InlineData(429, SinkStatus.Retry)]
    [InlineData(500, SinkStatus.Retry)]
    [InlineData(503, SinkStatus.Retry)]
    public async Task The_gateways_sink_reads_what_the_layer_says(int status, SinkStatus expected)
    {
        await using var amp = await StartAmpAsync(status == 200 ? AmpAnswer.Accept : new(AmpAnswerKind.Refuse, status, "refused"));
        await using var layer = await CollectorLayer.StartAsync(new CollectorOptions(amp.RemoteWriteUrl));
        var sink = new OtlpSink(_client, new OtlpSinkOptions { Endpoint = new Uri(layer.Endpoint, "v1/metrics") });

        var request = await sink.SendAsync(Ranges.OfSize(3), Cancellation);

        Assert.Equal(expected, request.Result.Status);
        Assert.Equal(expected == SinkStatus.Delivered ? 3 : 0, amp.Samples.Count);
    }

    [Fact]
    public async Task A_frozen_layer_makes_no_progress()
    {
        await using var amp = await StartAmpAsync();
        await using var frozen = await CollectorLayer.StartAsync(new CollectorOptions(amp.RemoteWriteUrl));
        await using var running = await CollectorLayer.StartAsync(new CollectorOptions(amp.RemoteWriteUrl));
        var body = Requests.OtlpBody(new NumberDataPoint { AsDouble = 1.5 });
        using (await PostAsync(frozen, body))
            Assert.Single(amp.Samples);

        frozen.Freeze();
        var waiting = PostAsync(frozen, body);
        for (var i = 0; i < 20; i++)
        {
            using var response = await PostAsync(running, body);
        }

        Assert.Equal(21, amp.Samples.Count);
        Assert.False(waiting.IsCompleted);
        frozen.Thaw();
        using var late = await waiting;
        Assert.Equal(HttpStatusCode.OK, late.StatusCode);
        Assert.Equal(22, amp.Samples.Count);
    }

    [Fact]
    public async Task An_answer_that_comes_while_frozen_is_seen_after()
    {
        using var answer = new ManualResetEventSlim();
        await using var amp = await ScriptedAmp.StartAsync(new AmpOptions
        {
            RequiresSignature = false,
            Schedule = new AmpSchedule(() =>
            {
                answer.Wait(Cancellation);
                return AmpAnswer.Accept;
            }),
        });
        await using var layer = await CollectorLayer.StartAsync(
            new CollectorOptions(amp.RemoteWriteUrl) { Timeout = TimeSpan.FromMinutes(1) });
        var waiting = PostAsync(layer, Requests.OtlpBody(new NumberDataPoint { AsDouble = 1.5 }));

        await Poll.UntilAsync(() => amp.Requests == 1, "the request to be at the target", cancellationToken: Cancellation);
        layer.Freeze();
        answer.Set();
        await Poll.UntilAsync(() => amp.Samples.Count == 1, "the target to accept", cancellationToken: Cancellation);
        await using var other = await CollectorLayer.StartAsync(new CollectorOptions(amp.RemoteWriteUrl));
        using (await PostAsync(other, Requests.OtlpBody(new NumberDataPoint { AsDouble = 2 })))
            Assert.False(waiting.IsCompleted);

        layer.Thaw();
        using var response = await waiting;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task OTLP_goes_through_a_real_agent()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var agent = await VmAgent.StartAsync(prometheus.RemoteWriteUrl, Cancellation);
        await using var layer = await CollectorLayer.StartAsync(new CollectorOptions(agent.OtlpMetricsUrl, CollectorProtocol.Otlp));

        using var response = await PostAsync(
            layer, Requests.OtlpBodyAt(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), new NumberDataPoint { AsDouble = 1.5 }));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Poll.UntilAsync(
            token => prometheus.QueryAsync("m{a=\"b\"}", cancellationToken: token),
            found => found.Count == 1 && found[0].Samples[0].Value == "1.5",
            "the sample to arrive",
            cancellationToken: Cancellation);
    }

    static Task<ScriptedAmp> StartAmpAsync(params IEnumerable<AmpAnswer> answers) =>
        ScriptedAmp.StartAsync(new AmpOptions { RequiresSignature = false, Schedule = AmpSchedule.Sequence(answers) });

    async Task<HttpResponseMessage> PostAsync(CollectorLayer layer, byte[] body, string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/x-protobuf");
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return await _client.PostAsync(new Uri(layer.Endpoint, "v1/metrics"), content, Cancellation);
    }

    async Task<Status> FailAsync(CollectorLayer layer)
    {
        using var response = await PostAsync(layer, Requests.OtlpBody(new NumberDataPoint { AsDouble = 1.5 }));
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        return Status.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync(Cancellation));
    }
}
