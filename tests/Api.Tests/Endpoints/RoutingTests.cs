using System.Net;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>Health, and what is not there.</summary>
public sealed class RoutingTests(KestrelGateway gateway) : IClassFixture<KestrelGateway>
{
    private readonly HttpClient _client = gateway.Connect();

    [Theory]
    [InlineData("/-/healthy")]
    [InlineData("/-/ready")]
    public async Task Healthy_and_ready(string path)
    {
        using var response = await _client.SendAsync("GET", path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("OK", await response.TextAsync());
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("PUT", "/metrics", "GET, HEAD, OPTIONS, POST")]
    [InlineData("DELETE", "/metrics", "GET, HEAD, OPTIONS, POST")]
    [InlineData("HEAD", "/api/v1/metrics", "GET, OPTIONS")]
    [InlineData("POST", "/api/v1/status", "GET, OPTIONS")]
    [InlineData("GET", "/metrics/job/x", "DELETE, OPTIONS, POST, PUT")]
    [InlineData("HEAD", "/metrics/job/x/instance/y", "DELETE, OPTIONS, POST, PUT")]
    [InlineData("PATCH", "/metrics/job@base64/eA", "DELETE, OPTIONS, POST, PUT")]
    [InlineData("GET", "/api/v1/groups", "DELETE, OPTIONS, POST, PUT")]
    [InlineData("POST", "/-/healthy", "GET, OPTIONS")]
    [InlineData("HEAD", "/-/ready", "GET, OPTIONS")]
    public async Task Another_method_is_answered_with_those_that_work(string method, string path, string allow)
    {
        using var response = await _client.SendAsync(method, path);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allow.Split(", "), response.Content.Headers.Allow);
        Assert.Equal(method == "HEAD" ? "" : "Method Not Allowed\n", await response.TextAsync());
    }

    [Theory]
    [InlineData("/metrics", "GET, HEAD, OPTIONS, POST")]
    [InlineData("/metrics/job/x/a/b", "DELETE, OPTIONS, POST, PUT")]
    public async Task OPTIONS_is_answered_with_the_methods_that_work(string path, string allow)
    {
        using var response = await _client.SendAsync("OPTIONS", path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(allow.Split(", "), response.Content.Headers.Allow);
        Assert.Empty(await response.TextAsync());
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("POST", "/metric")]
    [InlineData("POST", "/metrics/jobs/x")]
    [InlineData("PUT", "/metrics/instance/x")]
    [InlineData("GET", "/-/nothing")]
    public async Task Another_path_is_not_found(string method, string path)
    {
        using var response = await _client.SendAsync(method, path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("404 page not found\n", await response.TextAsync());
    }

    [Theory]
    [InlineData("PUT", HttpStatusCode.Forbidden, "Lifecycle API is not enabled.")]
    [InlineData("POST", HttpStatusCode.Forbidden, "Lifecycle API is not enabled.")]
    [InlineData("GET", HttpStatusCode.MethodNotAllowed, "Only POST or PUT requests allowed.")]
    public async Task Nobody_ends_the_process_over_HTTP(string method, HttpStatusCode status, string text)
    {
        using var response = await _client.SendAsync(method, "/-/quit");

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(text, await response.TextAsync());
    }
}
