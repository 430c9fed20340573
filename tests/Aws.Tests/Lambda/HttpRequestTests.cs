using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>What the application sees of an HTTP event.</summary>
[Collection(LambdaTests.Name)]
public sealed class HttpRequestTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_function_url()
    {
        var request = await SeeAsync(GoldenEvent.Read("function-url"));

        Assert.Equal("PUT", request.Method);
        Assert.Equal("/metrics/job/backup/path@base64/L3Zhci90bXA?parameter1=value1&parameter1=value2&parameter2=value%202", request.RawTarget);
        Assert.Equal("", request.PathBase);
        Assert.Equal("/metrics/job/backup/path@base64/L3Zhci90bXA", request.Path);
        Assert.Equal("?parameter1=value1&parameter1=value2&parameter2=value%202", request.Query);
        Assert.Equal("https", request.Scheme);
        Assert.Equal("url-id.lambda-url.us-west-2.on.aws", request.Host);
        Assert.Equal("203.0.113.7", request.Source);
        Assert.True(request.CanHaveBody);
        Assert.Equal(16, request.ContentLength);
        Assert.Equal("backup_ok{} 1.5\n", Encoding.UTF8.GetString(request.Body));
        Assert.Equal(["cookie1=a; cookie2=b"], request.Headers["Cookie"]);
        Assert.Equal(["value1,value2"], request.Headers["Header2"]);
        Assert.Equal(["text/plain; version=0.0.4"], request.Headers["Content-Type"]);
    }

    [Fact]
    public async Task Of_an_http_api_whose_path_is_encoded_anew_and_whose_stage_is_the_path_base()
    {
        var request = await SeeAsync(GoldenEvent.Read("http-api-2.0"));

        Assert.Equal("/prod/metrics/job/a%20b%25c%3Fd/instance/K%C3%BCche?parameter1=value1&parameter1=value2&parameter2=value", request.RawTarget);
        Assert.Equal("/prod", request.PathBase);
        Assert.Equal("/metrics/job/a b%c?d/instance/Küche", request.Path);
        Assert.Equal("id.execute-api.us-east-1.amazonaws.com", request.Host);
        Assert.Equal(["cookie1; cookie2"], request.Headers["cookie"]);
        Assert.Equal(Convert.FromBase64String("H4sIAAAAAAAA/w=="), request.Body);
        Assert.Equal(10, request.ContentLength);
    }

    [Fact]
    public async Task Of_an_http_api_with_payload_1_0()
    {
        var request = await SeeAsync(GoldenEvent.Read("http-api-1.0"));

        Assert.Equal("GET", request.Method);
        Assert.Equal("/my/a%20b?parameter1=value1&parameter1=value%20%26%202&parameter2=value", request.RawTarget);
        Assert.Equal("/my/a b", request.Path);
        Assert.Equal("192.0.2.1", request.Source);
        Assert.Equal(["value1", "value2"], request.Headers["header2"]);
        Assert.Equal(["cookie1=a; cookie2=b"], request.Headers["cookie"]);
        Assert.False(request.CanHaveBody);
        Assert.Empty(request.Body);
        Assert.Null(request.ContentLength);
    }

    [Fact]
    public async Task Of_a_rest_api_whose_path_is_as_it_was_sent_and_lacks_the_stage()
    {
        var request = await SeeAsync(GoldenEvent.Read("rest-api"));

        Assert.Equal("DELETE", request.Method);
        Assert.Equal("/Prod/metrics/job/a%2Fb", request.RawTarget);
        Assert.Equal("/Prod", request.PathBase);
        Assert.Equal("/metrics/job/a%2Fb", request.Path);
        Assert.Equal("", request.Query);
        Assert.Equal("52.255.255.12", request.Source);
    }

    [Fact]
    public async Task Of_a_load_balancer_whose_query_is_as_it_was_sent()
    {
        var request = await SeeAsync(GoldenEvent.Read("alb-multi-value"));

        Assert.Equal("/lambda?query=1234%2BABCD&query=x", request.RawTarget);
        Assert.Equal("http", request.Scheme);
        Assert.Equal("72.12.164.125", request.Source);
        Assert.Equal(["text/html", "image/webp"], request.Headers["accept"]);
        Assert.False(request.CanHaveBody);
    }

    [Fact]
    public async Task Of_a_load_balancer_without_multi_value_headers()
    {
        var request = await SeeAsync(GoldenEvent.Read("alb"));

        Assert.Equal("/lambda?query=1234ABCD", request.RawTarget);
        Assert.Equal(["text/html"], request.Headers["accept"]);
    }

    [Theory]
    [InlineData("id.execute-api.us-east-1.amazonaws.com", "prod", "/prod/metrics", "/prod", "/metrics")]
    [InlineData("id.execute-api.us-east-1.amazonaws.com", "prod", "/prod", "/prod", "")]
    [InlineData("id.execute-api.us-east-1.amazonaws.com", "prod", "/products/metrics", "", "/products/metrics")]
    [InlineData("id.execute-api.us-east-1.amazonaws.com", "$default", "/metrics", "", "/metrics")]
    [InlineData("metrics.example.org", "metrics", "/metrics/job/a", "", "/metrics/job/a")]
    public async Task The_stage_is_taken_off_at_a_slash_and_where_the_domain_is_api_gateways(
        string domain, string stage, string rawPath, string pathBase, string path)
    {
        var request = await SeeAsync(Event("GET", rawPath, domain, stage).ToJsonString());

        Assert.Equal(pathBase, request.PathBase);
        Assert.Equal(path, request.Path);
        Assert.Equal(rawPath, request.RawTarget);
    }

    [Theory]
    [InlineData("/metrics/job/a%2Fb")]
    [InlineData("/metrics/job/a%2fb/x/%2F")]
    [InlineData("/metrics/job/a%3Fb")]
    [InlineData("/metrics/job/a+b")]
    [InlineData("/metrics/job/a%2Bb%20c")]
    [InlineData("/metrics/job//instance/")]
    [InlineData("//metrics//job")]
    [InlineData("/metrics/job/a/instance@base64/=")]
    [InlineData("/metrics/job/K%C3%BCche")]
    [InlineData("/metrics/job/%FF")]
    [InlineData("/metrics/job/%25")]
    [InlineData("/metrics/job/%2525")]
    [InlineData("/metrics/job/100%")]
    [InlineData("/metrics/job/%zz")]
    [InlineData("/metrics/job/a;b=c,d:e@f")]
    [InlineData("/metrics/job/.")]
    [InlineData("/metrics/job/..")]
    [InlineData("/metrics/../../x")]
    [InlineData("/metrics/./job/../x/...")]
    [InlineData("/metrics/%2E%2e/x")]
    [InlineData("/.")]
    [InlineData("/")]
    [InlineData("/metrics?a=%2F&b=c+d")]
    [InlineData("/metrics??a=?")]
    public async Task Path_and_target_are_those_that_Kestrel_shows(string target)
    {
        var parts = target.Split('?', 2);
        var http = Event("GET", parts[0], "url-id.lambda-url.us-west-2.on.aws", "$default");
        http["rawQueryString"] = parts.Length > 1 ? parts[1] : "";

        var request = await SeeAsync(http.ToJsonString());
        var kestrel = await SeeOnKestrelAsync(target);

        Assert.Equal(kestrel.RawTarget, request.RawTarget);
        Assert.Equal(kestrel.Path, request.Path);
        Assert.Equal(kestrel.PathBase, request.PathBase);
        Assert.Equal(kestrel.Query, request.Query);
    }

    [Fact]
    public async Task A_path_that_no_server_takes_is_answered_400()
    {
        await using var function = await FunctionHost.StartHttpAsync(_ => throw new InvalidOperationException("reached"));

        var answer = await function.Api.InvokeAsync(Event("GET", "/a%00b", "url-id.lambda-url.us-west-2.on.aws", "$default").ToJsonString());

        Assert.Equal(400, answer.HttpStatus);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_binary_body_arrives_whole_by_stream_and_by_pipe(bool byStream)
    {
        var body = new byte[100_000];
        new Random(7).NextBytes(body);
        byte[]? seen = null;
        await using var function = await FunctionHost.StartHttpAsync(async http =>
        {
            using var copy = new MemoryStream();
            await (byStream ? http.Request.Body.CopyToAsync(copy) : http.Request.BodyReader.CopyToAsync(copy));
            seen = copy.ToArray();
        });
        var json = Event("POST", "/", "url-id.lambda-url.us-west-2.on.aws", "$default");
        json["body"] = Convert.ToBase64String(body);
        json["isBase64Encoded"] = true;

        await function.Api.InvokeAsync(json.ToJsonString());

        Assert.Equal(body, seen);
    }

    [Fact]
    public async Task A_text_body_arrives_with_every_character()
    {
        const string Text = "a\"\\\u0000\u0001\n\t€\U0001F373</script>\u2028";
        var json = Event("POST", "/", "url-id.lambda-url.us-west-2.on.aws", "$default");
        json["body"] = Text;

        var request = await SeeAsync(json.ToJsonString());

        Assert.Equal(Text, Encoding.UTF8.GetString(request.Body));
        Assert.Equal(Encoding.UTF8.GetByteCount(Text), request.ContentLength);
    }

    [Fact]
    public async Task A_body_over_the_applications_limit_is_refused_as_it_is_read_and_the_limit_then_stands()
    {
        var readOnly = false;
        await using var function = await FunctionHost.StartHttpAsync(async http =>
        {
            var limit = http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
            Assert.False(limit.IsReadOnly);
            limit.MaxRequestBodySize = 9;
            try
            {
                await http.Request.Body.CopyToAsync(Stream.Null);
            }
            finally
            {
                readOnly = limit.IsReadOnly;
            }
        });
        var json = Event("POST", "/", "url-id.lambda-url.us-west-2.on.aws", "$default");
        json["body"] = "0123456789";

        Assert.Equal(413, (await function.Api.InvokeAsync(json.ToJsonString())).HttpStatus);
        Assert.True(readOnly);
    }

    [Fact]
    public async Task Middleware_may_put_another_body_in_place()
    {
        string? seen = null;
        await using var function = await FunctionHost.StartHttpAsync(async http =>
        {
            http.Request.Body = new MemoryStream("another"u8.ToArray());
            var result = await http.Request.BodyReader.ReadAsync();
            seen = Encoding.UTF8.GetString(result.Buffer.FirstSpan);
        });

        await function.Api.InvokeAsync(GoldenEvent.Read("function-url"));

        Assert.Equal("another", seen);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{}")]
    [InlineData("{\"Records\":[]}")]
    [InlineData("{\"rawPath\":\"/\"}")]
    [InlineData("{\"path\":1,\"httpMethod\":\"GET\"}")]
    [InlineData("{\"path\":\"/\",\"httpMethod\":\"GET\",\"headers\":[]}")]
    [InlineData("{\"path\":\"/\",\"httpMethod\":\"GET\",\"body\":{}}")]
    [InlineData("{\"path\":\"/\",\"httpMethod\":\"GET\",\"body\":\"*\",\"isBase64Encoded\":true}")]
    [InlineData("{\"path\":\"/\",")]
    public async Task What_is_no_http_request_is_an_error_that_says_so(string json)
    {
        await using var function = await FunctionHost.StartHttpAsync(_ => Task.CompletedTask);

        var error = await function.Api.InvokeAsync(json);

        Assert.Equal("Function.EventInvalid", error.ErrorType);
        Assert.StartsWith("The event is not an HTTP request of payload format 2.0 or 1.0: ", error.ErrorMessage, StringComparison.Ordinal);
    }

    internal static JsonObject Event(string method, string rawPath, string domain, string stage) => new()
    {
        ["version"] = "2.0",
        ["rawPath"] = rawPath,
        ["rawQueryString"] = "",
        ["headers"] = new JsonObject(),
        ["requestContext"] = new JsonObject
        {
            ["domainName"] = domain,
            ["stage"] = stage,
            ["http"] = new JsonObject { ["method"] = method, ["path"] = rawPath, ["protocol"] = "HTTP/1.1", ["sourceIp"] = "203.0.113.7" },
        },
    };

    private static async Task<SeenRequest> SeeAsync(string json)
    {
        SeenRequest? seen = null;
        await using var function = await FunctionHost.StartHttpAsync(async http => seen = await SeenRequest.OfAsync(http));
        var answer = await function.Api.InvokeAsync(json);
        Assert.False(answer.IsError, Encoding.UTF8.GetString(answer.Body));
        return seen!;
    }

    private static async Task<SeenRequest> SeeOnKestrelAsync(string target)
    {
        SeenRequest? seen = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.Run(async http => seen = await SeenRequest.OfAsync(http));
        await app.StartAsync(Cancellation);

        // By hand: every client tidies paths up.
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, Cancellation);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), Cancellation);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 200", await reader.ReadToEndAsync(Cancellation), StringComparison.Ordinal);
        return seen!;
    }
}
