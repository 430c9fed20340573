using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.LambdaEmulator.Tests;

/// <summary>Against https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html.</summary>
public sealed class FunctionUrlTests : IAsyncLifetime, IAsyncDisposable
{
    readonly Webserver _server = new();
    readonly HttpClient _client = new();
    HttpFront _front = null!;

    public async ValueTask InitializeAsync()
    {
        _front = await HttpFront.StartFunctionUrlAsync(_server.Function);
        _client.BaseAddress = _front.Address;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _front.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_request_becomes_the_documented_event()
    {
        await Curl.RunAsync(
            "--request", "POST", $"{_front.Address}my/path?parameter1=value1&parameter1=value2&parameter2=value",
            "--header", "Header1: value1", "--header", "Header2: value1", "--header", "Header2: value2",
            "--cookie", "cookie1=a; cookie2=b", "--user-agent", "agent", "--header", "Content-Type: text/plain",
            "--data-binary", "Hello from client!");

        var json = _server.Event;
        Assert.Equal(
            "body cookies headers isBase64Encoded queryStringParameters rawPath rawQueryString requestContext routeKey version",
            JsonNames.Of(json));
        Assert.Equal("2.0", json.Text("version"));
        Assert.Equal("$default", json.Text("routeKey"));
        Assert.Equal("/my/path", json.Text("rawPath"));
        Assert.Equal("parameter1=value1&parameter1=value2&parameter2=value", json.Text("rawQueryString"));
        Assert.Equal(["cookie1=a", "cookie2=b"], json.GetProperty("cookies").EnumerateArray().Select(cookie => cookie.GetString()));
        Assert.Equal("value1", json.Text("headers", "header1"));
        Assert.Equal("value1,value2", json.Text("headers", "header2"));
        Assert.DoesNotContain("cookie", JsonNames.Of(json.GetProperty("headers")), StringComparison.Ordinal);
        Assert.Equal("https", json.Text("headers", "x-forwarded-proto"));
        Assert.Equal("443", json.Text("headers", "x-forwarded-port"));
        Assert.Equal("127.0.0.1", json.Text("headers", "x-forwarded-for"));
        Assert.Equal("18", json.Text("headers", "content-length"));
        Assert.StartsWith("Root=1-", json.Text("headers", "x-amzn-trace-id"), StringComparison.Ordinal);
        Assert.Equal("value1,value2", json.Text("queryStringParameters", "parameter1"));
        Assert.Equal("value", json.Text("queryStringParameters", "parameter2"));
        Assert.Equal("Hello from client!", json.Text("body"));
        Assert.False(json.GetProperty("isBase64Encoded").GetBoolean());

        var context = json.GetProperty("requestContext");
        Assert.Equal(
            "accountId apiId domainName domainPrefix http requestId routeKey stage time timeEpoch", JsonNames.Of(context));
        Assert.Equal("anonymous", context.Text("accountId"));
        Assert.Matches("^[a-z0-9]+\\.lambda-url\\.us-east-1\\.on\\.aws$", context.Text("domainName"));
        Assert.Equal(context.Text("apiId"), context.Text("domainPrefix"));
        Assert.Equal("$default", context.Text("routeKey"));
        Assert.Equal("$default", context.Text("stage"));
        Assert.True(Guid.TryParse(context.Text("requestId"), out _));
        Assert.Equal("method path protocol sourceIp userAgent", JsonNames.Of(context.GetProperty("http")));
        Assert.Equal("POST", context.Text("http", "method"));
        Assert.Equal("/my/path", context.Text("http", "path"));
        Assert.Equal("HTTP/1.1", context.Text("http", "protocol"));
        Assert.Equal("127.0.0.1", context.Text("http", "sourceIp"));
        Assert.Equal("agent", context.Text("http", "userAgent"));
        var epoch = DateTimeOffset.FromUnixTimeMilliseconds(context.GetProperty("timeEpoch").GetInt64());
        Assert.Equal(epoch.ToString("dd/MMM/yyyy:HH:mm:ss +0000", CultureInfo.InvariantCulture), context.Text("time"));
    }

    [Fact]
    public async Task What_a_request_does_not_have_the_event_does_not_have()
    {
        await Curl.RunAsync(_front.Address.ToString());

        Assert.Equal("headers isBase64Encoded rawPath rawQueryString requestContext routeKey version", JsonNames.Of(_server.Event));
        Assert.Equal("/", _server.Event.Text("rawPath"));
        Assert.Equal("", _server.Event.Text("rawQueryString"));
    }

    [Theory]
    [InlineData("/metrics/job/a%2Fb")]
    [InlineData("/metrics/job/a%3Fb%25c")]
    [InlineData("/metrics/job/a+b")]
    [InlineData("//metrics///job/x/")]
    [InlineData("/metrics/job/%e2%82%ac/../y")]
    public async Task The_path_is_not_decoded(string path)
    {
        await Curl.RunAsync("--path-as-is", "--request-target", path, _front.Address.ToString());

        Assert.Equal(path, _server.Event.Text("rawPath"));
        Assert.Equal(path, _server.Event.Text("requestContext", "http", "path"));
    }

    [Fact]
    public async Task The_query_is_there_raw_and_decoded()
    {
        await Curl.RunAsync("--request-target", "/?a=b%20c&d=e+f&g", _front.Address.ToString());

        Assert.Equal("a=b%20c&d=e+f&g", _server.Event.Text("rawQueryString"));
        Assert.Equal("b c", _server.Event.Text("queryStringParameters", "a"));
        Assert.Equal("e f", _server.Event.Text("queryStringParameters", "d"));
        Assert.Equal("", _server.Event.Text("queryStringParameters", "g"));
    }

    [Theory]
    [InlineData("text/plain; version=0.0.4", null, true)]
    [InlineData("application/json", null, true)]
    [InlineData("application/problem+json", null, true)]
    [InlineData("application/xml", null, true)]
    [InlineData("application/octet-stream", null, false)]
    [InlineData("application/x-protobuf", null, false)]
    [InlineData("application/x-www-form-urlencoded", null, false)]
    [InlineData("text/plain", "gzip", false)]
    [InlineData(null, null, false)]
    public async Task Bodies_that_are_no_text_are_base64(string? contentType, string? contentEncoding, bool isText)
    {
        using var content = new ByteArrayContent("a 1\n"u8.ToArray());
        if (contentType is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (contentEncoding is not null)
            content.Headers.ContentEncoding.Add(contentEncoding);
        using var response = await _client.PostAsync("", content, TestContext.Current.CancellationToken);

        Assert.Equal(!isText, _server.Event.GetProperty("isBase64Encoded").GetBoolean());
        Assert.Equal(isText ? "a 1\n" : "YSAxCg==", _server.Event.Text("body"));
    }

    [Fact]
    public async Task A_response_has_status_headers_cookies_and_body()
    {
        _server.Answer("""
            {
              "statusCode": 201,
              "headers": {"Content-Type": "application/json", "My-Custom-Header": "Custom Value", "Content-Length": "999"},
              "body": "{ \"message\": \"Hello, world!\" }",
              "cookies": ["Cookie_1=Value1; Expires=21 Oct 2021 07:48 GMT", "Cookie_2=Value2; Max-Age=78000"],
              "isBase64Encoded": false
            }
            """);

        using var response = await _client.GetAsync("", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("Custom Value", Assert.Single(response.Headers.GetValues("My-Custom-Header")));
        Assert.Equal(
            ["Cookie_1=Value1; Expires=21 Oct 2021 07:48 GMT", "Cookie_2=Value2; Max-Age=78000"], response.Headers.GetValues("Set-Cookie"));
        Assert.Equal("""{ "message": "Hello, world!" }""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(30, response.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("\"Hello, world!\"")]
    [InlineData("""{"message":"Hello, world!"}""")]
    [InlineData("null")]
    public async Task JSON_without_a_status_is_the_body(string answer)
    {
        _server.Answer(answer);

        using var response = await _client.GetAsync("", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(answer, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_base64_body_is_decoded()
    {
        _server.Answer("""{"statusCode":200,"headers":{"Content-Type":"application/octet-stream"},"body":"AAH/","isBase64Encoded":true}""");

        Assert.Equal([0, 1, 255], await _client.GetByteArrayAsync("", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task HEAD_has_no_body_and_neither_has_204()
    {
        using var head = await _client.SendAsync(new(HttpMethod.Head, ""), TestContext.Current.CancellationToken);
        Assert.Equal("HEAD", _server.Event.Text("requestContext", "http", "method"));
        Assert.Equal(2, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

        _server.Answer("""{"statusCode":204,"body":"ignored"}""");
        using var empty = await _client.GetAsync("", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, empty.StatusCode);
        Assert.Empty(await empty.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("""{"statusCode":"200"}""")]
    [InlineData("""{"statusCode":99}""")]
    [InlineData("""{"statusCode":200,"body":{}}""")]
    [InlineData("""{"statusCode":200,"headers":{"a":["b"]}}""")]
    [InlineData("""{"statusCode":200,"cookies":"a=b"}""")]
    [InlineData("""{"statusCode":200,"body":"?","isBase64Encoded":true}""")]
    public async Task A_malformed_answer_is_502(string answer)
    {
        _server.Answer(answer);

        using var response = await _client.GetAsync("", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("Internal Server Error", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_request_over_six_megabytes_is_413_and_the_base64_counts()
    {
        using var plain = new ByteArrayContent(new byte[PayloadLimits.Request + 1]);
        using var over = await _client.PostAsync("", plain, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, over.StatusCode);

        using var inflated = new ByteArrayContent(new byte[PayloadLimits.Request * 4 / 5]);
        using var overInBase64 = await _client.PostAsync("", inflated, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, overInBase64.StatusCode);
        Assert.Equal(0, _server.Events);
    }

    [Fact]
    public async Task A_response_over_six_megabytes_is_502()
    {
        _server.Answer(JsonSerializer.Serialize(new { statusCode = 200, body = new string('x', PayloadLimits.Response) }));

        using var response = await _client.GetAsync("", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Fact]
    public async Task Throttling_is_429()
    {
        using var bootstrap = Bootstrap.Create(Bootstrap.Echo);
        await using var function = new LambdaFunction(bootstrap.Options with { ReservedConcurrency = 0 });
        await using var front = await HttpFront.StartFunctionUrlAsync(function);

        var answer = await Curl.RunAsync(front.Address.ToString());

        Assert.Equal(429, answer.Status);
        Assert.Contains("Rate Exceeded.", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clients_trace_goes_on()
    {
        const string root = "1-5759e988-bd862e3fe1be46a994272793";
        await Curl.RunAsync("--header", $"X-Amzn-Trace-Id: Root={root};Parent=53995c3f42cd8ad8", _front.Address.ToString());

        Assert.Equal($"Root={root}", _server.Event.Text("headers", "x-amzn-trace-id"));
    }

    [Fact]
    public async Task Text_beyond_ASCII_arrives()
    {
        using var content = new StringContent("name=\"€\u0001\"", Encoding.UTF8, "text/plain");
        using var response = await _client.PostAsync("", content, TestContext.Current.CancellationToken);

        Assert.Equal("name=\"€\u0001\"", _server.Event.Text("body"));
    }
}
