using System.Net;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>Prometheus text pushed to <c>/metrics</c>, where errors are problems as for JSON.</summary>
public sealed class TextPushTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Connect();

    [Theory]
    [InlineData("a 1\n")]
    [InlineData("# HELP h Help.\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n")]
    [InlineData("# TYPE s summary\ns{quantile=\"0.5\"} NaN\ns_sum 1\ns_count 1\n")]
    public async Task Text_is_accepted(string body)
    {
        using var response = await _client.PushAsync(body, Pushes.Text);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Theory]
    [InlineData("a 1\nb x\n", "text-invalid", 2, "text format parsing error in line 2: expected float as value, got \"x\"")]
    [InlineData("a 1", "text-invalid", 1, "text format parsing error in line 1: unexpected end of input stream")]
    [InlineData("a{b=\"c} 1\n", "text-invalid", 1, "text format parsing error in line 1: label value \"c} 1\" contains unescaped new-line")]
    [InlineData("# TYPE a wrong\na 1\n", "text-invalid", 1, "text format parsing error in line 1: unknown metric type \"wrong\"")]
    [InlineData("", "empty", null, "the body holds no sample")]
    [InlineData("# only a comment\n", "empty", null, "the body holds no sample")]
    [InlineData("a 1 99999999999999\n", "timestamp-in-future", null, null)]
    [InlineData("a 1 1676398017000\n", "timestamp-too-old", null, null)]
    public async Task Bad_text_is_answered_with_code_and_line(string body, string code, int? line, string? detail)
    {
        using var response = await _client.PushAsync(body, Pushes.Text);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = Assert.Single((await Problem.ReadAsync(response)).Errors);
        Assert.Equal((code, line, null), (error.Code, error.Line, error.Pointer));
        Assert.Equal(detail ?? error.Detail, error.Detail);
    }
}
