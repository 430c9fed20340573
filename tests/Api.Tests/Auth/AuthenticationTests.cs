using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using PushGateway.Api.Auth;
using Xunit;

namespace PushGateway.Api.Tests.Auth;

/// <summary>A pinned credential may use only endpoints that say they keep to its labels.</summary>
public sealed class AuthenticationTests
{
    [Theory]
    [InlineData("pinned", false, 403)]
    [InlineData("pinned", true, 200)]
    [InlineData("free", false, 200)]
    public async Task An_endpoint_has_to_say_that_it_honours_pinned_labels(string name, bool honours, int status)
    {
        Assert.True(CredentialLine.TryParse(TestCredentials.Line(name, "s", name == "pinned" ? "tenant=a" : "x=y"), out var credential, out _));
        using var authenticator = new Authenticator([name == "free" ? credential with { PinnedLabels = [] } : credential]);
        var http = new DefaultHttpContext();
        http.Request.Headers.Authorization = TestCredentials.Basic(name, "s").ToString();
        http.SetEndpoint(new RouteEndpoint(
            _ => Task.CompletedTask, RoutePatternFactory.Parse("/"), 0, new EndpointMetadataCollection(honours ? [PinnedLabelsHonoured.Instance] : []), null));

        await Authentication.InvokeAsync(http, authenticator, secret: null, _ => Task.CompletedTask);
        Assert.Equal(status, http.Response.StatusCode);
    }
}
