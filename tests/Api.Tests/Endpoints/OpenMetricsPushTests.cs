using System.Net;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>OpenMetrics pushed to <c>/metrics</c>.</summary>
public sealed class OpenMetricsPushTests(KestrelGateway gateway) : IClassFixture<KestrelGateway>
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private readonly HttpClient _client = gateway.Connect();

    [Fact]
    public async Task OpenMetrics_is_accepted()
    {
        using var response = await _client.PushAsync("# TYPE a counter\na_total 1 # {trace_id=\"x\"} 1\n# EOF\n", OpenMetrics);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Fact]
    public async Task Bad_OpenMetrics_is_answered_with_code_and_line()
    {
        using var response = await _client.PushAsync("a 1\n", OpenMetrics);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = Assert.Single((await Problem.ReadAsync(response)).Errors);
        Assert.Equal(("openmetrics-invalid", 1), (error.Code, error.Line));
        Assert.Equal("openmetrics format parsing error in line 1: the last line is not \"# EOF\"", error.Detail);
    }

    [Fact]
    public async Task A_group_takes_it_for_text_as_Pushgateway_does()
    {
        using var response = await _client.PushAsync("a 1\n", OpenMetrics, "/metrics/job/openmetrics");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }
}
