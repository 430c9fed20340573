using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PushGateway.Api.Tests.Auth;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>Many groups in one request, which is taken or refused as a whole.</summary>
public sealed class ManyGroupsTests : IAsyncDisposable
{
    private const string Path = "/api/v1/groups";
    private const string TwoGroups =
        """
        [{"group":{"job":"a"},"metrics":{"m":1}},
         {"group":{"job":"b","x":"/"},"dimensions":{"d":"y"},"metrics":{"m":"2.5"}},
         {"group":{"job":"a"},"dimensions":{"d":"z"},"metrics":{"m":3}}]
        """;

    private readonly RecordingGateway _gateway = new();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData("PUT", "application/json")]
    [InlineData("POST", "application/json; charset=utf-8")]
    [InlineData("POST", "application/x-www-form-urlencoded")]
    [InlineData("PUT", null)]
    public async Task Each_group_is_one_push_and_all_are_queued_at_once_with_one_time(string method, string? contentType)
    {
        using var response = await PushAsync(TwoGroups, contentType, method);

        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.TextAsync());
        Assert.Empty(await response.TextAsync());
        var pushes = RecordingQueue.Decode(Assert.Single(_gateway.Queue.Calls)).ToArray();
        Assert.All(pushes, push => Assert.Equal(method == "PUT" ? PushOperation.Replace : PushOperation.Merge, push.Header.Operation));
        Assert.Single(pushes.Select(push => push.Header.PushTimeNs).Distinct());
        Assert.Equal(
            [("job/a", "m{job=\"a\"} 1 m{d=\"z\",job=\"a\"} 3"), ("job/b/x@base64/Lw", "m{d=\"y\",job=\"b\",x=\"/\"} 2.5")],
            pushes.Select(push => (push.Header.Group!.Path, Describe(push.Batch))));
    }

    [Fact]
    public async Task Newline_delimited_and_compressed_records_are_taken_too()
    {
        const string Lines = """
            {"group":{"job":"a"},"metrics":{"m":1}}
            {"group":{"job":"b"},"metrics":{"m":2}}

            """;
        using var response = await _gateway.Connect().PushAsync(
            Pushes.Encoded(Pushes.Gzip(Lines), "application/x-ndjson", "gzip"), Path, HttpMethod.Put);

        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.TextAsync());
        Assert.Equal(["job/a", "job/b"], _gateway.Queue.Headers().Select(push => push.Group!.Path));
    }

    [Fact]
    public async Task A_time_to_live_holds_for_all()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(Path, UriKind.Relative)) { Content = Pushes.Content(TwoGroups, Pushes.Json) };
        request.Headers.Add("X-Push-TTL", "15m");
        using var response = await _gateway.Connect().SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.All(_gateway.Queue.Headers(), push => Assert.Equal(TimeSpan.FromMinutes(15), push.TimeToLive));
    }

    [Fact]
    public async Task A_time_to_live_that_is_none_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Path, UriKind.Relative)) { Content = Pushes.Content(TwoGroups, Pushes.Json) };
        request.Headers.Add("X-Push-TTL", "soon");
        using var response = await _gateway.Connect().SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((400, "ttl-invalid"), await Problem.ReadAsync(response) is var problem ? (problem.Status, problem.Code) : default);
        Assert.Empty(_gateway.Queue.Calls);
    }

    [Fact]
    public async Task One_bad_record_refuses_all_and_every_error_is_listed()
    {
        using var response = await PushAsync(
            """
            [{"group":{"job":"a"},"metrics":{"m":1}},
             {"metrics":{"m":"warm"}},
             {"group":{"job":"a"},"metrics":{"m":1}}]
            """);

        var problem = await Problem.ReadAsync(response);
        Assert.Equal(400, problem.Status);
        Assert.Equal(
            [("group-missing", "/1"), ("metric-not-number", "/1/metrics/m"), ("duplicate-series", "/2/metrics")],
            problem.Errors.Select(error => (error.Code, error.Pointer)));
        Assert.Empty(_gateway.Queue.Calls);
    }

    [Theory]
    [InlineData("m 1\n", "text/plain", 415, "media-type-unsupported")]
    [InlineData("m 1\n", null, 400, "json-invalid")]
    [InlineData("", null, 400, "empty")]
    [InlineData("[]", "application/json", 400, "empty")]
    [InlineData("{\"group\":{\"job\":\"a\"},\"metrics\":{\"m\":1},\"timestamp\":1700000000000}", "application/json", 400, "timestamp-not-allowed")]
    public async Task Anything_else_is_a_problem(string body, string? contentType, int status, string code)
    {
        using var response = await PushAsync(body, contentType);

        Assert.Equal((status, code), await Problem.ReadAsync(response) is var problem ? (problem.Status, problem.Code) : default);
        Assert.Empty(_gateway.Queue.Calls);
    }

    [Fact]
    public async Task Timestamps_go_with_the_samples_where_they_are_allowed()
    {
        _gateway.Settings["PUSHGATEWAY_ALLOW_TIMESTAMPS"] = "true";
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 60_000;
        using var response = await PushAsync($$$"""{"group":{"job":"a"},"metrics":{"m":1},"timestamp":{{{timestamp}}}}""");

        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.TextAsync());
        var (_, batch) = RecordingQueue.Decode(Assert.Single(Assert.Single(_gateway.Queue.Calls)));
        Assert.Contains(timestamp, batch.Samples.ToArray().Select(sample => sample.TimestampMs));
    }

    [Fact]
    public async Task A_pinned_credential_s_labels_are_in_every_group()
    {
        _gateway.Settings["PUSHGATEWAY_CREDENTIALS"] = TestCredentials.Line("a", "secret-a", "tenant=a");
        using var pinned = _gateway.ConnectAs(TestCredentials.Basic("a", "secret-a"));
        using var response = await pinned.PushAsync(
            """[{"group":{"job":"j","tenant":"b"},"metrics":{"m":1}},{"group":{"job":"k"},"dimensions":{"tenant":"b"},"metrics":{"m":1}}]""", Pushes.Json, Path);

        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.TextAsync());
        var pushes = RecordingQueue.Decode(Assert.Single(_gateway.Queue.Calls)).ToArray();
        Assert.Equal(
            [("job/j/tenant/a", "m{job=\"j\",tenant=\"a\"} 1"), ("job/k/tenant/a", "m{job=\"k\",tenant=\"a\"} 1")],
            pushes.Select(push => (push.Header.Group!.Path, Describe(push.Batch))));
    }

    [Fact]
    public async Task Without_a_credential_where_one_is_asked_for_nothing_is_pushed()
    {
        _gateway.Settings["PUSHGATEWAY_CREDENTIALS"] = TestCredentials.Line("admin", "secret");
        using var response = await PushAsync(TwoGroups);

        Assert.Equal((401, "unauthorized"), await Problem.ReadAsync(response) is var problem ? (problem.Status, problem.Code) : default);
        Assert.Empty(_gateway.Queue.Calls);
    }

    [Fact]
    public async Task A_group_that_would_be_too_large_refuses_all_and_is_named()
    {
        await using var gateway = new GatewayFactory();
        gateway.Settings["PUSHGATEWAY_MAX_GROUP_SERIES"] = "3";
        using var response = await gateway.Connect().PushAsync(
            """[{"group":{"job":"small"},"metrics":{"m":1}},{"group":{"job":"large"},"metrics":{"a":1,"b":2,"c":3,"d":4}}]""", Pushes.Json, Path, HttpMethod.Put);

        var problem = await Problem.ReadAsync(response);
        Assert.Equal((413, "group-too-large"), (problem.Status, problem.Code));
        Assert.StartsWith("group job/large: ", Assert.Single(problem.Errors).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_stored_is_answered_503_with_Retry_After()
    {
        await using var gateway = new GatewayFactory { ReplaceServices = services => services.AddSingleton<IPushQueue, UnavailableQueue>() };
        using var response = await gateway.Connect().PushAsync(TwoGroups, Pushes.Json, Path);

        Assert.Equal("queue-unavailable", (await Problem.ReadAsync(response)).Code);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (response.StatusCode, response.Headers.RetryAfter?.ToString()));
    }

    [Fact]
    public async Task What_is_pushed_is_shown_group_by_group()
    {
        await using var gateway = new GatewayFactory();
        var client = gateway.Connect();
        using var response = await client.PushAsync(TwoGroups, Pushes.Json, Path, HttpMethod.Put);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);

        await Poll.UntilAsync(
            token => client.GetStringAsync(new Uri("/metrics", UriKind.Relative), token),
            text => text.Contains("m{instance=\"\",job=\"a\"} 1\n", StringComparison.Ordinal)
                && text.Contains("m{d=\"z\",instance=\"\",job=\"a\"} 3\n", StringComparison.Ordinal)
                && text.Contains("m{d=\"y\",instance=\"\",job=\"b\",x=\"/\"} 2.5\n", StringComparison.Ordinal),
            "the groups to appear",
            cancellationToken: TestContext.Current.CancellationToken);
    }

    private Task<HttpResponseMessage> PushAsync(string body, string? contentType = Pushes.Json, string method = "PUT") =>
        _gateway.Connect().PushAsync(body, contentType, Path, new HttpMethod(method));

    // Without the times of pushes, which the decoder adds.
    private static string Describe(MetricBatch batch)
    {
        var text = new List<string>();
        foreach (var series in batch.Series)
        {
            var labels = batch.LabelsOf(series).ToArray().Select(label => $"{batch.Symbols.GetString(label.Name)}=\"{batch.Symbols.GetString(label.Value)}\"");
            if (batch.Symbols.GetString(series.Name) is var name && !name.StartsWith("push_", StringComparison.Ordinal))
            {
                text.Add(FormattableString.Invariant($"{name}{{{string.Join(',', labels)}}} {batch.SamplesOf(series)[0].Value}"));
            }
        }

        return string.Join(' ', text);
    }
}
