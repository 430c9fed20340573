using System.Net;
using System.Text;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>Pushgateway's paths: what is a group, and errors in one line of plain text.</summary>
public sealed class GroupTests(KestrelGateway gateway) : IClassFixture<KestrelGateway>
{
    private readonly HttpClient _client = gateway.Connect();

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task A_group_is_replaced_merged_and_deleted(string method)
    {
        foreach (var path in new[]
        {
            "/metrics/job/backup", "/metrics/job/backup/", "/metrics/job/backup/instance/db1", "/metrics/job/a%20b/path@base64/L3Zhci90bXA",
            "/metrics/job@base64/YmFja3Vw", "/metrics/job@base64/YmFja3Vw/instance/db1", "/metrics/job/backup%2Finstance%2Fdb1", "/metrics/job/a?b=c",
        })
        {
            using var response = await _client.PushAsync(
                method == "DELETE" ? Pushes.Content([], null) : Pushes.Content("a 1\n", Pushes.Text), path, new HttpMethod(method));
            Assert.True(response.StatusCode == HttpStatusCode.Accepted, $"{path}: {response.StatusCode} {await response.TextAsync()}");
            Assert.Empty(await response.TextAsync());
        }
    }

    [Theory]
    [InlineData("/metrics/job/", "job name is required")]
    [InlineData("/metrics/job", "job name is required")]
    [InlineData("/metrics/job//instance/x", "job name is required")]
    [InlineData("/metrics/job@base64/=", "job name is required")]
    [InlineData("/metrics/job/x/instance", "odd number of components in label string \"/instance\"")]
    [InlineData("/metrics/job/x/0day/y", "improper label name \"0day\"")]
    [InlineData("/metrics/job/x/__name__/y", "improper label name \"__name__\"")]
    [InlineData("/metrics/job/x/a%0Ab/y", "improper label name \"a\\nb\"")]
    [InlineData("/metrics/job/x/a/b%0A/c", "odd number of components in label string \"/a/b\\n/c\"")]
    [InlineData("/metrics/job/x/l@base64/a%0Ab~", "invalid base64 encoding for label l=\"a\\nb~\": illegal base64 data at input byte 3")]
    [InlineData("/metrics/job/x/a@base64/!!", "invalid base64 encoding for label a=\"!!\": illegal base64 data at input byte 0")]
    public async Task A_bad_grouping_key_is_answered_in_one_line(string path, string line)
    {
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Post, HttpMethod.Delete })
        {
            using var response = await _client.PushAsync(Pushes.Content("a 1\n", Pushes.Text), path, method);
            await AssertLineAsync(response, line);
        }
    }

    [Theory]
    [InlineData("a x\n", "text format parsing error in line 1: expected float as value, got \"x\"")]
    [InlineData("a 1", "text format parsing error in line 1: unexpected end of input stream")]
    [InlineData("a{b=\"\\\n\"} 1\n", "text format parsing error in line 1: invalid escape sequence '\\ '")]
    [InlineData("a 1 1700000000000\n", "pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps")]
    [InlineData("{\"dimensions\":{\"d\":\"x\"},\"metrics\":{\"a\":1}}", null)]
    public async Task A_bad_body_is_answered_in_one_line(string body, string? line)
    {
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Post })
        {
            using var response = await _client.PushAsync(body, Pushes.Text, "/metrics/job/bad", method);
            await AssertLineAsync(response, line);
        }
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    public async Task An_empty_push_to_a_group_is_a_push(string method)
    {
        using var response = await _client.PushAsync("", null, "/metrics/job/empty", new HttpMethod(method));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Fact]
    public async Task Help_that_is_not_UTF_8_is_taken_and_delivered()
    {
        var body = "# HELP latin caf\u00e9\n# TYPE latin gauge\nlatin 1\n";
        using var response = await _client.PushAsync(Pushes.Content(Encoding.Latin1.GetBytes(body), Pushes.Text), "/metrics/job/latin");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);

        await Poll.UntilAsync(
            async cancellationToken => await _client.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken),
            metrics => metrics.Contains("# HELP latin caf\uFFFD\n", StringComparison.Ordinal),
            "the push to appear",
            cancellationToken: TestContext.Current.CancellationToken);
    }

    private static async Task AssertLineAsync(HttpResponseMessage response, string? line)
    {
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var body = await response.TextAsync();
        Assert.Equal(body.Length - 1, body.IndexOf('\n', StringComparison.Ordinal));
        Assert.Equal(line ?? body[..^1], body[..^1]);
    }
}
