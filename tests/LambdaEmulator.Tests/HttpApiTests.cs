using PushGateway.Testing;
using Xunit;

namespace PushGateway.LambdaEmulator.Tests;

/// <summary>Against https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html.</summary>
public class HttpApiTests
{
    [Fact]
    public async Task A_path_is_decoded()
    {
        await using var server = new Webserver();
        await using var front = await HttpFront.StartHttpApiAsync(server.Function);

        await Curl.RunAsync("--path-as-is", "--request-target", "/metrics/job/a%2Fb%20c+d?x=%2F", front.Address.ToString());

        Assert.Equal("2.0", server.Event.Text("version"));
        Assert.Equal("/metrics/job/a/b c+d", server.Event.Text("rawPath"));
        Assert.Equal("/metrics/job/a/b c+d", server.Event.Text("requestContext", "http", "path"));
        Assert.Equal("x=%2F", server.Event.Text("rawQueryString"));
        Assert.Equal("$default", server.Event.Text("requestContext", "stage"));
        Assert.Equal("123456789012", server.Event.Text("requestContext", "accountId"));
        Assert.Matches("^[a-z0-9]+\\.execute-api\\.us-east-1\\.amazonaws\\.com$", server.Event.Text("requestContext", "domainName"));
    }

    [Fact]
    public async Task A_path_has_the_stage_unless_that_is_the_default()
    {
        await using var server = new Webserver();
        await using var front = await HttpFront.StartHttpApiAsync(server.Function, "prod");

        var answer = await Curl.RunAsync($"{front.Address}prod/my/path");
        Assert.Equal(200, answer.Status);
        Assert.Equal("/prod/my/path", server.Event.Text("rawPath"));
        Assert.Equal("prod", server.Event.Text("requestContext", "stage"));

        Assert.Equal(404, (await Curl.RunAsync($"{front.Address}production/my/path")).Status);
        Assert.Equal(1, server.Events);
    }

    [Fact]
    public async Task Failures_are_answered_in_JSON()
    {
        await using var server = new Webserver();
        await using var front = await HttpFront.StartHttpApiAsync(server.Function);
        server.Answer("no JSON");

        Assert.Equal(new CurlAnswer(500, """{"message":"Internal Server Error"}"""), await Curl.RunAsync(front.Address.ToString()));
    }

    [Fact]
    public async Task Throttling_is_503()
    {
        using var bootstrap = Bootstrap.Create(Bootstrap.Echo);
        await using var function = new LambdaFunction(bootstrap.Options with { ReservedConcurrency = 0 });
        await using var front = await HttpFront.StartHttpApiAsync(function);

        Assert.Equal(new CurlAnswer(503, """{"message":"Service Unavailable"}"""), await Curl.RunAsync(front.Address.ToString()));
    }
}
