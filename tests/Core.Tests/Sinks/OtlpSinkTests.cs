using System.Net;
using System.Text;
using Google.Protobuf;
using PushGateway.Model;
using PushGateway.Reference.Otlp;
using PushGateway.Sinks;
using Xunit;

namespace PushGateway.Core.Tests.Sinks;

public sealed class OtlpSinkTests
{
    private static readonly OtlpSinkOptions Options = new() { Endpoint = new Uri("http://127.0.0.1:9/v1/metrics") };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_request_is_as_the_specification_has_it(bool gzip)
    {
        using var target = new ScriptedTarget(HttpStatusCode.OK, []);

        Assert.Equal(
            SinkResult.Delivered,
            await SendAsync(target, Options with { Gzip = gzip, Headers = OtlpSinkOptions.ParseHeaders("api-key=a%20b,x=y=z") }));

        var request = Assert.Single(target.Requests);
        Assert.Equal(HttpMethod.Post, request.Method);
        Assert.Equal(Options.Endpoint, request.Url);
        Assert.Equal("application/x-protobuf", request.ContentHeaders.ContentType?.ToString());
        Assert.Equal(gzip ? ["gzip"] : [], request.ContentHeaders.ContentEncoding);
        Assert.Equal(["a b"], request.Headers.GetValues("api-key"));
        Assert.Equal(["y=z"], request.Headers.GetValues("x"));
        if (!gzip)
        {
            Assert.Single(ExportMetricsServiceRequest.Parser.ParseFrom(request.Body).ResourceMetrics);
        }
    }

    [Fact]
    public async Task A_sample_that_cannot_be_encoded_is_refused_alone()
    {
        using var target = new ScriptedTarget(HttpStatusCode.OK, []);
        using var client = new HttpClient(target);
        var sink = new OtlpSink(client, Options);
        var range = Ranges.OfSize(9);
        var damaged = new Sample(1, 0, Histogram: range.Batch.Symbols.Intern("\u000f\u000f"));
        SeriesSample[] samples = [.. range.Samples.Span];
        (samples[5], samples[6]) = (new SeriesSample(5, 0, damaged), new SeriesSample(6, 0, damaged));

        var sent = new List<(int Samples, SinkStatus Status)>();
        for (ReadOnlyMemory<SeriesSample> rest = samples; !rest.IsEmpty; rest = rest[sent[^1].Samples..])
        {
            var (count, result) = await sink.SendAsync(range with { Samples = rest }, Cancellation);
            sent.Add((count, result.Status));
            Assert.Equal(result.Status == SinkStatus.Rejected ? "OTLP: a sample cannot be encoded: a stored histogram is malformed" : "", result.Reason);
        }

        Assert.Equal([(5, SinkStatus.Delivered), (1, SinkStatus.Rejected), (1, SinkStatus.Rejected), (2, SinkStatus.Delivered)], sent);
        Assert.Equal([5, 2], target.Requests.Select(request => ExportMetricsServiceRequest.Parser.ParseFrom(request.Body)
            .ResourceMetrics.Single().ScopeMetrics.Single().Metrics.Sum(metric => metric.Gauge.DataPoints.Count)));
    }

    [Fact]
    public async Task Rejected_data_points_are_rejected()
    {
        var body = new ExportMetricsServiceResponse { PartialSuccess = new() { RejectedDataPoints = 3, ErrorMessage = "too\nold" } };
        using var target = new ScriptedTarget(HttpStatusCode.OK, body.ToByteArray());

        Assert.Equal(SinkResult.Rejected("OTLP partial success: 3 data points rejected: too old"), await SendAsync(target));
    }

    [Fact]
    public async Task A_warning_is_no_rejection()
    {
        var body = new ExportMetricsServiceResponse { PartialSuccess = new() { ErrorMessage = "deprecated" } };
        using var target = new ScriptedTarget(HttpStatusCode.OK, body.ToByteArray());

        Assert.Equal(SinkResult.Delivered, await SendAsync(target));
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(204, "")]
    [InlineData(200, "{\"partialSuccess\":{}}")]
    [InlineData(200, "OK\r\n")]
    public async Task A_2xx_that_says_nothing_of_rejection_is_delivery(int status, string body)
    {
        using var target = new ScriptedTarget((HttpStatusCode)status, Encoding.UTF8.GetBytes(body));

        Assert.Equal(SinkResult.Delivered, await SendAsync(target));
    }

    [Theory]
    [InlineData(500, "Permanent error: remote write returned HTTP status 400 Bad Request; err = <nil>: out of bounds", SinkStatus.Rejected)]
    [InlineData(500, "remote write returned HTTP status 413 Request Entity Too Large", SinkStatus.Rejected)]
    [InlineData(500, "remote write returned HTTP status 422", SinkStatus.Rejected)]
    [InlineData(500, "remote write returned HTTP status 403 Forbidden; err = token expired", SinkStatus.Retry)]
    [InlineData(500, "remote write returned HTTP status 401 Unauthorized", SinkStatus.Retry)]
    [InlineData(500, "remote write returned HTTP status 404 Not Found", SinkStatus.Retry)]
    [InlineData(500, "remote write returned HTTP status 408 Request Timeout", SinkStatus.Retry)]
    [InlineData(500, "remote write returned HTTP status 429 Too Many Requests", SinkStatus.Retry)]
    [InlineData(500, "remote write returned HTTP status 503 Service Unavailable", SinkStatus.Retry)]
    [InlineData(500, "remote write returned HTTP status 400; remote write returned HTTP status 400", SinkStatus.Rejected)]
    [InlineData(500, "remote write returned HTTP status 400; remote write returned HTTP status 503", SinkStatus.Retry)]
    [InlineData(500, "remote write returned HTTP status 503; remote write returned HTTP status 400", SinkStatus.Retry)]
    [InlineData(500, "remote write returned HTTP status 500 Internal Server Error; err = <nil>: native histograms are disabled", SinkStatus.Rejected)]
    [InlineData(500, "remote write returned HTTP status 500: native histograms are disabled; remote write returned HTTP status 500", SinkStatus.Retry)]
    [InlineData(400, "remote write returned HTTP status 429", SinkStatus.Retry)]
    [InlineData(500, "remote write returned HTTP status 4000", SinkStatus.Retry)]
    [InlineData(500, "remote write returned HTTP status 40", SinkStatus.Retry)]
    [InlineData(500, "remote write returned HTTP status abc", SinkStatus.Retry)]
    [InlineData(500, "context deadline exceeded", SinkStatus.Retry)]
    [InlineData(400, "cannot parse", SinkStatus.Rejected)]
    [InlineData(401, "", SinkStatus.Retry)]
    [InlineData(404, "", SinkStatus.Retry)]
    [InlineData(413, "", SinkStatus.Rejected)]
    [InlineData(429, "", SinkStatus.Retry)]
    [InlineData(502, "", SinkStatus.Retry)]
    [InlineData(503, "", SinkStatus.Retry)]
    [InlineData(504, "", SinkStatus.Retry)]
    public async Task The_collectors_own_target_decides_then_the_status(int status, string message, SinkStatus expected)
    {
        byte[][] bodies =
        [
            Encoding.UTF8.GetBytes(message),
            new Status { Code = 13, Message = message }.ToByteArray(),
            Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(new Status { Code = 13, Message = message })),
        ];
        foreach (var body in bodies)
        {
            using var target = new ScriptedTarget((HttpStatusCode)status, body);

            Assert.Equal(expected, (await SendAsync(target)).Status);
        }
    }

    [Fact]
    public async Task The_reason_is_the_message_of_the_status()
    {
        var body = new Status { Code = 13, Message = "no space left" };
        using var target = new ScriptedTarget(HttpStatusCode.InternalServerError, body.ToByteArray());

        Assert.Equal(SinkResult.Retry("OTLP returned HTTP status 500: no space left", reachedTarget: true), await SendAsync(target));
    }

    [Fact]
    public async Task Retry_After_is_passed_on()
    {
        using var target = new ScriptedTarget(HttpStatusCode.ServiceUnavailable, [], "7");

        Assert.Equal(TimeSpan.FromSeconds(7), (await SendAsync(target)).RetryAfter);
    }

    [Fact]
    public void Random_answers_never_throw()
    {
        var random = new Random(20260729);
        for (var i = 0; i < 50_000; i++)
        {
            var body = new byte[random.Next(48)];
            random.NextBytes(body);
            for (var j = 0; j < body.Length; j += 2)
            {
                body[j] &= 0x1F;
            }

            OtlpResponse.PartialSuccess(body);
            OtlpResponse.StatusMessage(body);
            OtlpResponse.RemoteWriteVerdict(body);
        }
    }

    private static async Task<SinkResult> SendAsync(ScriptedTarget target, OtlpSinkOptions? options = null)
    {
        using var client = new HttpClient(target, disposeHandler: false);
        return await new OtlpSink(client, options ?? Options).SendWholeAsync(Ranges.OfSize(1), Cancellation);
    }
}
