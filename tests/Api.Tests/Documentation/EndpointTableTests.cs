using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Documentation;

/// <summary>The table of <c>docs/http.md</c> has every endpoint, those that <c>openapi.json</c> leaves out included, and no other.</summary>
public sealed class EndpointTableTests : IAsyncDisposable
{
    /// <summary>It only says that the method is wrong.</summary>
    private const string Refusal = "GET /-/quit";

    /// <summary>It is no endpoint of the router's, but a page that is served before it.</summary>
    private const string SwaggerPage = "GET /swagger";

    /// <summary>How the page writes what the router calls a catch-all.</summary>
    private const string GroupPath = "<job>{/<label>/<value>}";

    private readonly GatewayFactory _gateway = new() { Settings = { ["PUSHGATEWAY_ENABLE_ADMIN_API"] = "true" } };

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Every_endpoint_has_a_row()
    {
        using var client = _gateway.Connect();
        using var page = await client.SendAsync("GET", "/swagger/index.html");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);

        var routed =
            from endpoint in _gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            from method in endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
            select $"{method} {endpoint.RoutePattern.RawText!.Replace("{**group}", GroupPath, StringComparison.Ordinal)}";
        Documented.Equal(
            "docs/http.md, endpoints",
            routed.Where(endpoint => endpoint != Refusal).Append(SwaggerPage),
            MarkdownPage.Read("docs/http.md").TableOf("endpoint").Rows.SelectMany(row => MarkdownTable.Code(row[0])).Select(text => text.Split('?')[0]));
    }
}
