using System.Net;
using System.Text.Json;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.LambdaEmulator.Tests;

/// <summary>Against https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html.</summary>
public class RestApiTests
{
    [Fact]
    public async Task A_request_becomes_the_documented_event()
    {
        await using var server = new Webserver();
        await using var front = await HttpFront.StartRestApiAsync(server.Function, "prod");

        await Curl.RunAsync(
            "--path-as-is", "--request-target", "/prod/my/a%2Fb?parameter1=value1&parameter1=value2&parameter2=value",
            "--header", "Header1: value1", "--header", "header2: value1", "--header", "header2: value2",
            "--data-binary", "Hello", front.Address.ToString());

        var json = server.Event;
        Assert.Equal(
            "body headers httpMethod isBase64Encoded multiValueHeaders multiValueQueryStringParameters path pathParameters"
                + " queryStringParameters requestContext resource stageVariables",
            JsonNames.Of(json));
        Assert.Equal("/{proxy+}", json.Text("resource"));
        Assert.Equal("/my/a%2Fb", json.Text("path"));
        Assert.Equal("/prod/my/a%2Fb", json.Text("requestContext", "path"));
        Assert.Equal("prod", json.Text("requestContext", "stage"));
        Assert.Equal("POST", json.Text("httpMethod"));
        Assert.Equal("value1", json.Text("headers", "Header1"));
        Assert.Equal("value2", json.Text("headers", "header2"));
        Assert.Equal(["value1", "value2"], Strings(json.GetProperty("multiValueHeaders").GetProperty("header2")));
        Assert.Equal("value2", json.Text("queryStringParameters", "parameter1"));
        Assert.Equal(["value1", "value2"], Strings(json.GetProperty("multiValueQueryStringParameters").GetProperty("parameter1")));
        Assert.Equal("my/a/b", json.Text("pathParameters", "proxy"));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("stageVariables").ValueKind);
        Assert.Equal("Hello", json.Text("body"));
        Assert.False(json.GetProperty("isBase64Encoded").GetBoolean());
        Assert.Equal(
            "accountId apiId domainName domainPrefix extendedRequestId httpMethod identity path protocol requestId requestTime"
                + " requestTimeEpoch resourceId resourcePath stage",
            JsonNames.Of(json.GetProperty("requestContext")));
        Assert.Equal("127.0.0.1", json.Text("requestContext", "identity", "sourceIp"));
    }

    [Fact]
    public async Task What_a_request_does_not_have_is_null()
    {
        await using var server = new Webserver();
        await using var front = await HttpFront.StartRestApiAsync(server.Function, "prod");

        await Curl.RunAsync($"{front.Address}prod");

        Assert.Equal("/", server.Event.Text("path"));
        Assert.Equal("/", server.Event.Text("resource"));
        string[] names = ["body", "pathParameters", "queryStringParameters", "multiValueQueryStringParameters"];
        Assert.All(names, name => Assert.Equal(JsonValueKind.Null, server.Event.GetProperty(name).ValueKind));
    }

    [Fact]
    public async Task Only_binary_media_types_are_base64()
    {
        await using var server = new Webserver();
        await using var front = await HttpFront.StartRestApiAsync(server.Function, "prod", "application/x-protobuf");
        var url = $"{front.Address}prod/";

        await Curl.RunAsync("--header", "Content-Type: application/x-protobuf", "--data-binary", "a", url);
        Assert.Equal("YQ==", server.Event.Text("body"));
        Assert.True(server.Event.GetProperty("isBase64Encoded").GetBoolean());
        await Curl.RunAsync("--header", "Content-Type: application/octet-stream", "--data-binary", "a", url);
        Assert.Equal("a", server.Event.Text("body"));

        server.Answer("""{"statusCode":200,"body":"YQ==","isBase64Encoded":true}""");
        Assert.Equal("a", (await Curl.RunAsync("--header", "Accept: application/x-protobuf, */*", url)).Body);
        Assert.Equal("YQ==", (await Curl.RunAsync("--header", "Accept: */*", url)).Body);
    }

    [Fact]
    public async Task A_response_merges_its_headers()
    {
        await using var server = new Webserver();
        await using var front = await HttpFront.StartRestApiAsync(server.Function, "prod");
        using var client = new HttpClient();
        server.Answer("""
            {
              "statusCode": "401",
              "headers": {"a": "single", "b": "1", "WWW-Authenticate": "Basic"},
              "multiValueHeaders": {"b": ["2", "3"], "Set-Cookie": ["x=1", "y=2"]},
              "body": "no"
            }
            """);

        using var response = await client.GetAsync(new Uri(front.Address, "prod/"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(["single"], response.Headers.GetValues("a"));
        Assert.Equal(["2", "3"], response.Headers.GetValues("b"));
        Assert.Equal(["x=1", "y=2"], response.Headers.GetValues("Set-Cookie"));
        Assert.Equal(["Basic"], response.Headers.GetValues("x-amzn-Remapped-WWW-Authenticate"));
        Assert.False(response.Headers.Contains("WWW-Authenticate"));
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("\"text\"")]
    [InlineData("""{"body":"no status"}""")]
    [InlineData("""{"statusCode":200,"body":{}}""")]
    public async Task A_malformed_answer_is_502(string answer)
    {
        await using var server = new Webserver();
        await using var front = await HttpFront.StartRestApiAsync(server.Function, "prod");
        server.Answer(answer);

        Assert.Equal(
            new CurlAnswer(502, """{"message": "Internal server error"}"""), await Curl.RunAsync($"{front.Address}prod/"));
    }

    [Fact]
    public async Task Throttling_is_500()
    {
        using var bootstrap = Bootstrap.Create(Bootstrap.Echo);
        await using var function = new LambdaFunction(bootstrap.Options with { ReservedConcurrency = 0 });
        await using var front = await HttpFront.StartRestApiAsync(function, "prod");

        Assert.Equal(500, (await Curl.RunAsync($"{front.Address}prod/")).Status);
        Assert.Equal(403, (await Curl.RunAsync($"{front.Address}other/")).Status);
    }

    static IEnumerable<string?> Strings(JsonElement array) => array.EnumerateArray().Select(value => value.GetString());
}
