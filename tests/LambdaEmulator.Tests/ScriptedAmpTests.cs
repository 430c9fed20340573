using System.Net;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.LambdaEmulator.Tests;

public sealed class ScriptedAmpTests : IDisposable
{
    static readonly AmpSample Expected = new("{__name__=\"m\", a=\"b\"}", Requests.Milliseconds, 1.5);

    readonly HttpClient _client = new();
    readonly byte[] _body = Requests.RemoteWriteBody(1.5);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_signed_request_is_accepted()
    {
        await using var amp = await ScriptedAmp.StartAsync();
        using var request = await BotocoreSigner.SignAsync(amp.RemoteWriteUrl, _body);

        using var response = await _client.SendAsync(request, Cancellation);

        Assert.Equal("", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Expected, Assert.Single(amp.Samples));
        Assert.Equal([200], amp.Statuses);
    }

    [Fact]
    public async Task What_is_tampered_with_is_refused()
    {
        await using var amp = await ScriptedAmp.StartAsync();
        using var body = await BotocoreSigner.SignAsync(amp.RemoteWriteUrl, _body);
        body.Content = Requests.RemoteWrite(amp.RemoteWriteUrl, Requests.RemoteWriteBody(2)).Content;
        using var date = await BotocoreSigner.SignAsync(amp.RemoteWriteUrl, _body);
        Replace(date, "X-Amz-Date", $"{DateTime.UtcNow:yyyyMMdd}T000000Z");
        using var token = await BotocoreSigner.SignAsync(amp.RemoteWriteUrl, _body);
        Replace(token, "X-Amz-Security-Token", "other");
        using var type = await BotocoreSigner.SignAsync(amp.RemoteWriteUrl, _body);
        type.Content!.Headers.ContentType = new("text/plain");
        using var secret = await BotocoreSigner.SignAsync(amp.RemoteWriteUrl, _body, "another");
        using var unsigned = Requests.RemoteWrite(amp.RemoteWriteUrl, _body);

        foreach (var request in new[] { body, date, token, type, secret, unsigned })
        {
            using var response = await _client.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        Assert.Empty(amp.Samples);
    }

    [Fact]
    public async Task Workers_signature_is_accepted_and_its_samples_arrive()
    {
        await using var fauxqs = await Fauxqs.StartAsync(Cancellation);
        await using var prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await using var amp = await ScriptedAmp.StartAsync(new AmpOptions { Forward = prometheus.RemoteWriteUrl });
        var queue = await fauxqs.Sqs.CreateQueueAsync(cancellationToken: Cancellation);
        var environment = new Dictionary<string, string>(fauxqs.Sqs.ProcessEnvironment.Concat(amp.ProcessEnvironment))
        {
            ["PUSHGATEWAY_QUEUE_URL"] = queue.Url,
            ["AWS_ACCESS_KEY_ID"] = AwsAccount.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = AwsAccount.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = AwsAccount.SessionToken,
        };
        await using var worker = await WorkerProcess.StartAsync(environment, cancellationToken: Cancellation);
        var text = new Dictionary<string, string> { ["Content-Type"] = "text/plain" };
        await queue.SendAsync("signed 42\n", text, Cancellation);

        var series = await Poll.UntilAsync(
            token => prometheus.QueryAsync("signed", cancellationToken: token),
            found => found.Count > 0,
            $"the sample to arrive, after {string.Join(' ', amp.Statuses)}",
            cancellationToken: Cancellation);

        Assert.Equal("42", Assert.Single(Assert.Single(series).Samples).Value);
        // It is forwarded before it is kept.
        await Poll.UntilAsync(
            () => amp.Samples.Any(sample => sample is { Series: "{__name__=\"signed\"}", Value: 42 }),
            "the sample to be kept",
            cancellationToken: Cancellation);
        Assert.All(amp.Statuses, status => Assert.Equal(200, status));
    }

    [Fact]
    public async Task A_script_is_followed()
    {
        var schedule = AmpSchedule.Sequence(
            AmpAnswer.BadRequest("out of order sample"),
            AmpAnswer.Throttle(),
            AmpAnswer.Throttle(TimeSpan.FromSeconds(7)),
            AmpAnswer.InternalError,
            AmpAnswer.Unavailable);
        await using var amp = await ScriptedAmp.StartAsync(new AmpOptions { RequiresSignature = false, Schedule = schedule });

        var answers = new List<(int Status, string? RetryAfter, string Text)>();
        for (var i = 0; i < 6; i++)
        {
            using var request = Requests.RemoteWrite(amp.RemoteWriteUrl, _body);
            using var response = await _client.SendAsync(request, Cancellation);
            var text = await response.Content.ReadAsStringAsync(Cancellation);
            answers.Add(((int)response.StatusCode, response.Headers.RetryAfter?.ToString(), text));
        }

        Assert.Equal((400, null, "out of order sample"), answers[0]);
        Assert.Equal([400, 429, 429, 500, 503, 200], answers.Select(answer => answer.Status));
        Assert.Equal([null, null, "7", null, null, null], answers.Select(answer => answer.RetryAfter));
        Assert.Single(amp.Samples);
    }

    [Fact]
    public async Task A_cut_connection_has_or_has_not_taken_the_samples()
    {
        var schedule = AmpSchedule.Sequence(AmpAnswer.Cut, AmpAnswer.AcceptAndCut);
        await using var amp = await ScriptedAmp.StartAsync(new AmpOptions { RequiresSignature = false, Schedule = schedule });

        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(amp, Cancellation));
        Assert.Empty(amp.Samples);
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(amp, Cancellation));
        Assert.Equal(Expected, Assert.Single(amp.Samples));
    }

    [Fact]
    public async Task What_can_be_taken_of_a_refused_request_is()
    {
        await using var amp = await ScriptedAmp.StartAsync(new AmpOptions
        {
            RequiresSignature = false,
            Fault = sample => sample.Value < 0 ? $"err: out of bounds. timestamp={sample.Milliseconds}" : null,
        });
        using var request = Requests.RemoteWrite(amp.RemoteWriteUrl, Requests.RemoteWriteBody(1, -1, 2));

        using var response = await _client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(
            $"err: out of bounds. timestamp={Requests.Milliseconds + 1}", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal([1.0, 2.0], amp.Samples.Select(sample => sample.Value));
    }

    [Fact]
    public async Task A_hang_lasts_until_the_client_gives_up()
    {
        var schedule = AmpSchedule.Sequence(AmpAnswer.Hang);
        await using var amp = await ScriptedAmp.StartAsync(new AmpOptions { RequiresSignature = false, Schedule = schedule });
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var hanging = SendAsync(amp, patience.Token);
        await Poll.UntilAsync(() => amp.Statuses.Count == 1, "the request to arrive", cancellationToken: Cancellation);
        await SendAsync(amp, Cancellation);
        Assert.False(hanging.IsCompleted);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        Assert.Equal([0, 200], amp.Statuses);
    }

    [Fact]
    public void A_seed_gives_the_same_answers_again()
    {
        static IEnumerable<AmpAnswer> Draw(int seed)
        {
            var schedule = AmpSchedule.Random(seed, (8, AmpAnswer.Accept), (1, AmpAnswer.Cut), (1, AmpAnswer.Unavailable));
            return Enumerable.Range(0, 1000).Select(_ => schedule.Next()).ToList();
        }

        Assert.Equal(Draw(1), Draw(1));
        Assert.NotEqual(Draw(1), Draw(2));
        Assert.InRange(Draw(1).Count(answer => answer == AmpAnswer.Accept), 700, 900);
    }

    [Fact]
    public async Task What_is_no_remote_write_or_over_a_megabyte_is_refused()
    {
        await using var amp = await ScriptedAmp.StartAsync(new AmpOptions { RequiresSignature = false });
        using var plain = await _client.PostAsync(amp.RemoteWriteUrl, new ByteArrayContent(_body), Cancellation);
        using var large = await _client.PostAsync(amp.RemoteWriteUrl, new ByteArrayContent(new byte[1_000_001]), Cancellation);

        Assert.Equal([400, 413], amp.Statuses);
    }

    static void Replace(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    async Task SendAsync(ScriptedAmp amp, CancellationToken cancellationToken)
    {
        using var request = Requests.RemoteWrite(amp.RemoteWriteUrl, _body);
        using var response = await _client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
