using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Reference.RemoteWriteV1;
using PushGateway.Sinks;
using Snappier;
using Xunit;

namespace PushGateway.Core.Tests.Sinks;

public sealed class RemoteWriteSinkTests
{
    private static readonly Uri Endpoint = new("http://127.0.0.1:9/api/v1/write");
    private static readonly RemoteWriteSinkOptions Options = new() { Endpoint = Endpoint };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_request_is_as_the_specification_has_it()
    {
        using var target = new ScriptedTarget(HttpStatusCode.NoContent, []);

        Assert.Equal(SinkResult.Delivered, await SendAsync(target, Ranges.OfSize(3)));

        var request = Assert.Single(target.Requests);
        Assert.Equal(HttpMethod.Post, request.Method);
        Assert.Equal(Endpoint, request.Url);
        Assert.Equal("application/x-protobuf", request.ContentHeaders.ContentType?.ToString());
        Assert.Equal(["snappy"], request.ContentHeaders.ContentEncoding);
        Assert.Equal(request.Body.Length, request.ContentHeaders.ContentLength);
        Assert.Equal(["0.1.0"], request.Headers.GetValues("X-Prometheus-Remote-Write-Version"));
        Assert.Matches(@"^pushgateway/\d+\.\d+\.\d+$", request.Headers.UserAgent.ToString());
        Assert.Equal(3, WriteRequest.Parser.ParseFrom(Snappy.DecompressToArray(request.Body)).Timeseries.Count);
    }

    [Theory]
    [InlineData(200, SinkStatus.Delivered)]
    [InlineData(204, SinkStatus.Delivered)]
    [InlineData(301, SinkStatus.Retry)]
    [InlineData(302, SinkStatus.Retry)]
    [InlineData(308, SinkStatus.Retry)]
    [InlineData(400, SinkStatus.Rejected)]
    [InlineData(401, SinkStatus.Retry)]
    [InlineData(403, SinkStatus.Retry)]
    [InlineData(404, SinkStatus.Retry)]
    [InlineData(405, SinkStatus.Retry)]
    [InlineData(407, SinkStatus.Retry)]
    [InlineData(408, SinkStatus.Retry)]
    [InlineData(409, SinkStatus.Rejected)]
    [InlineData(413, SinkStatus.Rejected)]
    [InlineData(415, SinkStatus.Retry)]
    [InlineData(422, SinkStatus.Rejected)]
    [InlineData(429, SinkStatus.Retry)]
    [InlineData(500, SinkStatus.Retry)]
    [InlineData(501, SinkStatus.Retry)]
    [InlineData(503, SinkStatus.Retry)]
    [InlineData(599, SinkStatus.Retry)]
    public async Task The_status_decides(int status, SinkStatus expected)
    {
        using var target = new ScriptedTarget((HttpStatusCode)status, "out of bounds\n"u8.ToArray());

        var result = await SendAsync(target, Ranges.OfSize(1));

        Assert.Equal(expected, result.Status);
        Assert.Equal(expected == SinkStatus.Delivered ? "" : $"remote write returned HTTP status {status}: out of bounds", result.Reason);
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("0", 0)]
    [InlineData("Sun, 22 Nov 2026 12:01:30 GMT", 90)]
    [InlineData("Sun, 22 Nov 2026 11:00:00 GMT", 0)]
    public async Task Retry_After_is_passed_on(string header, int seconds)
    {
        using var target = new ScriptedTarget(HttpStatusCode.TooManyRequests, [], header);

        var result = await SendAsync(target, Ranges.OfSize(1));

        Assert.Equal(SinkResult.Retry("remote write returned HTTP status 429", TimeSpan.FromSeconds(seconds)), result);
    }

    [Fact]
    public async Task Retry_After_that_is_neither_is_ignored()
    {
        using var target = new ScriptedTarget((_, _) =>
        {
            var response = ScriptedTarget.Answer(HttpStatusCode.ServiceUnavailable, []);
            response.Headers.TryAddWithoutValidation("Retry-After", "soon");
            return Task.FromResult(response);
        });

        Assert.Null((await SendAsync(target, Ranges.OfSize(1))).RetryAfter);
    }

    [Fact]
    public async Task The_reason_is_one_short_line_of_whole_characters()
    {
        var body = Encoding.UTF8.GetBytes("a\r\nb\tc\u0000\u0085" + new string('x', 245) + "日本");
        using var target = new ScriptedTarget(HttpStatusCode.BadRequest, body);

        var result = await SendAsync(target, Ranges.OfSize(1));

        Assert.Equal("remote write returned HTTP status 400: a  b c  " + new string('x', 245), result.Reason);
    }

    [Fact]
    public async Task A_long_answer_is_read_only_as_far_as_needed()
    {
        using var endless = new EndlessStream();
        using var target = new ScriptedTarget((_, _) => Task.FromResult(
            new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StreamContent(endless) }));

        Assert.Equal(SinkStatus.Rejected, (await SendAsync(target, Ranges.OfSize(1))).Status);
    }

    [Fact]
    public async Task No_answer_in_time_means_retry()
    {
        using var target = new ScriptedTarget(async (_, token) =>
        {
            var hang = new TaskCompletionSource<HttpResponseMessage>();
            await using var registration = token.Register(() => hang.TrySetCanceled(token));
            _time.Advance(Options.Timeout);
            return await hang.Task;
        });

        Assert.Equal(SinkResult.Retry("remote write timed out after 30 s", reachedTarget: true), await SendAsync(target, Ranges.OfSize(1)));
    }

    [Fact]
    public async Task Only_the_callers_own_cancellation_throws()
    {
        using var caller = new CancellationTokenSource();
        using var target = new ScriptedTarget(async (_, _) =>
        {
            await caller.CancelAsync();
            throw new HttpRequestException("cut");
        });
        using var client = new HttpClient(target);
        var sink = new RemoteWriteSink(client, Options, _time);

        var exception = await Assert.ThrowsAsync<OperationCanceledException>(() => sink.SendWholeAsync(Ranges.OfSize(1), caller.Token));
        Assert.Equal(caller.Token, exception.CancellationToken);
    }

    [Fact]
    public async Task A_failure_before_the_network_means_retry()
    {
        using var target = new ScriptedTarget((_, _) => throw new InvalidOperationException("no credentials"));

        Assert.Equal(SinkResult.Retry("remote write failed: no credentials"), await SendAsync(target, Ranges.OfSize(1)));
    }

    [Fact]
    public async Task A_request_holds_what_fits_and_the_result_says_how_many()
    {
        var range = Ranges.OfSize(1000);
        using var target = new ScriptedTarget((n, _) => Task.FromResult(ScriptedTarget.Answer(n == 2 ? HttpStatusCode.BadRequest : HttpStatusCode.NoContent, [])));

        var sent = new List<SentRequest>();
        for (var rest = range.Samples; !rest.IsEmpty; rest = rest[sent[^1].Samples..])
        {
            sent.Add(await SendAsync(target, range with { Samples = rest }, Options with { MaxRequestBytes = 10_000 }));
        }

        var messages = target.Requests.ConvertAll(r => Snappy.DecompressToArray(r.Body));
        Assert.All(messages, m => Assert.InRange(m.Length, 1, 10_000));
        Assert.Equal(
            range.Samples.ToArray().Select(s => s.Sample.TimestampMs),
            messages.SelectMany(m => WriteRequest.Parser.ParseFrom(m).Timeseries).SelectMany(t => t.Samples).Select(s => s.Timestamp));
        Assert.Equal(SinkStatus.Rejected, sent[1].Result.Status);
        Assert.All(sent.Where((_, i) => i != 1), request => Assert.Equal(SinkStatus.Delivered, request.Result.Status));
    }

    [Fact]
    public void The_largest_request_fits_AMP_however_badly_it_compresses() =>
        Assert.InRange(Snappy.GetMaxCompressedLength(RemoteWriteSinkOptions.DefaultMaxRequestBytes), 1, 1_000_000);

    private async Task<SinkResult> SendAsync(ScriptedTarget target, SampleRange range)
    {
        var request = await SendAsync(target, range, Options);
        Assert.Equal(range.Samples.Length, request.Samples);
        return request.Result;
    }

    private async Task<SentRequest> SendAsync(ScriptedTarget target, SampleRange range, RemoteWriteSinkOptions options)
    {
        using var client = new HttpClient(target, disposeHandler: false);
        return await new RemoteWriteSink(client, options, _time).SendAsync(range, Cancellation);
    }
}
