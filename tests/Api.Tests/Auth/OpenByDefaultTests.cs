using System.Net;
using Xunit;

namespace PushGateway.Api.Tests.Auth;

/// <summary>Without credentials, everybody may push, whatever they present.</summary>
public sealed class OpenByDefaultTests(KestrelGateway gateway) : IClassFixture<KestrelGateway>
{
    [Fact]
    public async Task A_header_is_passed_over()
    {
        using var client = gateway.ConnectAs(TestCredentials.Basic("somebody", "something"));
        using var push = await client.PushAsync("a 1\n", Pushes.Text);
        using var scrape = await client.SendAsync("GET", "/metrics");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.OK), (push.StatusCode, scrape.StatusCode));
    }
}
