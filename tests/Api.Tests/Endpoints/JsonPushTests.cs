using System.Net;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>JSON pushed to <c>/metrics</c>: what is taken, and how each kind of bad input is answered.</summary>
public sealed class JsonPushTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Connect();

    [Theory]
    [InlineData("""{"dimensions":{"room":"kitchen"},"metrics":{"temperature":"21.5","ph":6}}""")]
    [InlineData("""{"dimensions":{"a b":"x"},"metrics":{"9lives":12.0,"b":"12.0","c":1e3,"d":"NaN","e":"-Inf"}}""")]
    [InlineData("""[{"dimensions":{"d":"x"},"metrics":{"a":1}},{"dimensions":{"d":"y"},"metrics":{"a":2}}]""")]
    [InlineData("{\"dimensions\":{\"d\":\"x\"},\"metrics\":{\"a\":1}}\n{\"dimensions\":{\"d\":\"y\"},\"metrics\":{\"a\":2}}\n")]
    public async Task Records_are_accepted_without_a_body(string body)
    {
        using var response = await _client.PushAsync(body, Pushes.Json);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Empty(await response.TextAsync());
    }

    [Theory]
    [InlineData("", "empty", "")]
    [InlineData("[]", "empty", "")]
    [InlineData("{", "json-invalid", null)]
    [InlineData("nonsense", "json-invalid", null)]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":01}}""", "json-invalid", null)]
    [InlineData("7", "record-not-object", "")]
    [InlineData("""[7]""", "record-not-object", "/0")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":1},"color":"red"}""", "unknown-key", "/color")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":1},"metrics":{"b":1}}""", "duplicate-key", "/metrics")]
    [InlineData("""{"metrics":{"a":1}}""", "dimensions-missing", "")]
    [InlineData("""{"dimensions":{},"metrics":{"a":1}}""", "dimensions-invalid", "/dimensions")]
    [InlineData("""{"dimensions":["x"],"metrics":{"a":1}}""", "dimensions-invalid", "/dimensions")]
    [InlineData("""{"dimensions":{"d":7},"metrics":{"a":1}}""", "dimension-not-string", "/dimensions/d")]
    [InlineData("""{"dimensions":{"d":null},"metrics":{"a":1}}""", "dimension-not-string", "/dimensions/d")]
    [InlineData("""{"dimensions":{"d":"x"}}""", "metrics-missing", "")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{}}""", "metrics-invalid", "/metrics")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":3}""", "metrics-invalid", "/metrics")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":"warm"}}""", "metric-not-number", "/metrics/a")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":true}}""", "metric-not-number", "/metrics/a")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a/b":null}}""", "metric-not-number", "/metrics/a~1b")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":1e999}}""", "metric-out-of-range", "/metrics/a")]
    [InlineData("""{"dimensions":{"d":"\ud800"},"metrics":{"a":1}}""", "string-invalid", "/dimensions/d")]
    [InlineData("""{"dimensions":{"":"x"},"metrics":{"a":1}}""", "name-empty", "/dimensions/")]
    [InlineData("""{"dimensions":{"__name__":"x"},"metrics":{"a":1}}""", "name-reserved", "/dimensions/__name__")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a-b":1,"a.b":2}}""", "name-collision", "/metrics/a.b")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":1},"timestamp":"now"}""", "timestamp-invalid", "/timestamp")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":1},"timestamp":1.5}""", "timestamp-invalid", "/timestamp")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":1},"timestamp":99999999999999}""", "timestamp-in-future", "/timestamp")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":1},"timestamp":1676398017000}""", "timestamp-too-old", "/timestamp")]
    public async Task Bad_records_are_answered_with_code_and_pointer(string body, string code, string? pointer)
    {
        using var response = await _client.PushAsync(body, Pushes.Json);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = (await Problem.ReadAsync(response)).Errors[0];
        Assert.Equal(code, error.Code);
        if (pointer is not null)
        {
            Assert.Equal(pointer, error.Pointer);
        }
    }

    [Fact]
    public async Task A_long_body_is_not_sent_back()
    {
        using var response = await _client.PushAsync("[nothing\n" + new string('x', 100_000), Pushes.Json);

        var problem = await Problem.ReadAsync(response);
        Assert.Equal("json-invalid", problem.Code);
        Assert.StartsWith("not valid JSON in line 1, byte 3: 'nothing\uFFFDxxx", problem.Detail, StringComparison.Ordinal);
        Assert.EndsWith("x' is an invalid JSON literal. Expected the literal 'null'", problem.Detail, StringComparison.Ordinal);
        Assert.InRange(problem.Detail.Length, 100, 200);
    }

    [Theory]
    [InlineData(60_000, "timestamp-in-future")]
    [InlineData(-86_410_000, "timestamp-too-old")]
    [InlineData(3_000, null)]
    [InlineData(-86_300_000, null)]
    public async Task Time_is_judged_by_the_time_of_receipt(long offsetMs, string? code)
    {
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + offsetMs;
        using var response = await _client.PushAsync($$"""{"dimensions":{"d":"x"},"metrics":{"aged":1},"timestamp":{{timestamp}}}""", Pushes.Json);

        Assert.Equal(code is null ? HttpStatusCode.Accepted : HttpStatusCode.BadRequest, response.StatusCode);
        if (code is not null)
        {
            Assert.Equal(code, (await Problem.ReadAsync(response)).Code);
        }
    }

    [Fact]
    public async Task All_errors_of_a_record_come_at_once()
    {
        using var response = await _client.PushAsync(
            """{"dimensions":{"d":7},"metrics":{"a":"warm","b":1,"c":[]},"timestamp":1,"color":"red"}""", Pushes.Json);

        var problem = await Problem.ReadAsync(response);
        Assert.Equal(
            [
                ("dimension-not-string", "/dimensions/d"), ("metric-not-number", "/metrics/a"), ("metric-not-number", "/metrics/c"),
                ("timestamp-too-old", "/timestamp"), ("unknown-key", "/color"),
            ],
            problem.Errors.Select(error => (error.Code, error.Pointer!)).Order());
    }

    [Theory]
    [InlineData("""[{"dimensions":{"d":"x"},"metrics":{"a":1}},{"dimensions":{"d":"x"},"metrics":{"a":"warm"}}]""")]
    [InlineData("{\"dimensions\":{\"d\":\"x\"},\"metrics\":{\"a\":1}}\n{\"dimensions\":{\"d\":\"x\"},\"metrics\":{\"a\":\"warm\"}}")]
    public async Task A_bad_record_among_others_is_named_by_its_index(string body)
    {
        using var response = await _client.PushAsync(body, "application/x-ndjson");

        var error = Assert.Single((await Problem.ReadAsync(response)).Errors);
        Assert.Equal(("metric-not-number", "/1/metrics/a"), (error.Code, error.Pointer));
    }

    [Fact]
    public async Task Names_and_values_beyond_the_limits_are_refused()
    {
        var labels = string.Join(',', Enumerable.Range(0, 70).Select(i => $"\"d{i}\":\"x\""));
        foreach (var (body, code, pointer) in new[]
        {
            ($$$"""{"dimensions":{{{{labels}}}},"metrics":{"a":1}}""", "too-many-labels", "/dimensions"),
            ($$$"""{"dimensions":{"d":"x"},"metrics":{"{{{new string('m', 1025)}}}":1}}""", "name-too-long", "/metrics"),
            ($$$"""{"dimensions":{"d":"{{{new string('v', 2049)}}}"},"metrics":{"a":1}}""", "label-value-too-long", "/dimensions/d"),
        })
        {
            using var response = await _client.PushAsync(body, Pushes.Json);
            var error = Assert.Single((await Problem.ReadAsync(response)).Errors);
            Assert.Equal((code, pointer), (error.Code, error.Pointer));
        }
    }
}
