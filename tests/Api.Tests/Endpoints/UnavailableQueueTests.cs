using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using PushGateway.Queue;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>A push that cannot be stored is never promised, and its sender is told when to come again.</summary>
public sealed class UnavailableQueueTests : IAsyncDisposable
{
    private readonly GatewayFactory _gateway = new() { ReplaceServices = services => services.AddSingleton<IPushQueue, UnavailableQueue>() };

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_push_is_answered_503_with_Retry_After()
    {
        using var response = await _gateway.Connect().PushAsync("a 1\n", Pushes.Text);

        AssertComeAgain(response);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await response.TextAsync());
        Assert.Equal(503, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Equal("queue-unavailable", problem.RootElement.GetProperty("code").GetString());
        Assert.DoesNotContain(UnavailableQueue.Reason, await response.TextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task A_push_to_a_group_is_answered_503_with_Retry_After(string method)
    {
        await using var gateway = new KestrelGateway { ReplaceServices = services => services.AddSingleton<IPushQueue, UnavailableQueue>() };
        using var response = await gateway.Connect().PushAsync("a 1\n", Pushes.Text, "/metrics/job/unlucky", new HttpMethod(method));

        AssertComeAgain(response);
        Assert.Equal("the push cannot be stored now; send it again\n", await response.TextAsync());
    }

    [Fact]
    public async Task Not_ready_but_healthy()
    {
        var client = _gateway.Connect();
        using var ready = await client.SendAsync("GET", "/-/ready");
        using var healthy = await client.SendAsync("GET", "/-/healthy");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("pushes cannot be stored now\n", await ready.TextAsync());
        Assert.Equal(HttpStatusCode.OK, healthy.StatusCode);
    }

    [Fact]
    public async Task What_is_refused_is_refused_all_the_same()
    {
        using var response = await _gateway.Connect().PushAsync("a x\n", Pushes.Text);
        Assert.Equal("text-invalid", (await Problem.ReadAsync(response)).Code);
    }

    private static void AssertComeAgain(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("1", response.Headers.RetryAfter?.ToString());
    }
}
