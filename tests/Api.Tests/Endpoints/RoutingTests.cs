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
        Assert.Equal("OK\n", await response.TextAsync());
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("PUT", "/metrics", "GET, POST")]
    [InlineData("DELETE", "/metrics", "GET, POST")]
    [InlineData("HEAD", "/metrics", "GET, POST")]
    [InlineData("GET", "/metrics/job/x", "DELETE, POST, PUT")]
    [InlineData("HEAD", "/metrics/job/x/instance/y", "DELETE, POST, PUT")]
    [InlineData("PATCH", "/metrics/job@base64/eA", "DELETE, POST, PUT")]
    [InlineData("POST", "/-/healthy", "GET")]
    [InlineData("HEAD", "/-/ready", "GET")]
    public async Task Another_method_is_answered_with_those_that_work(string method, string path, string allow)
    {
        using var response = await _client.SendAsync(method, path);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allow.Split(", "), response.Content.Headers.Allow.Order());
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
    }
}
