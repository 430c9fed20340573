using System.Net;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>Which format a body has: said by Content-Type, or told by the first tokens. Routing must not decide it.</summary>
public sealed class MediaTypeTests(KestrelGateway gateway) : IClassFixture<KestrelGateway>
{
    private const string Record = """{"dimensions":{"d":"x"},"metrics":{"a":1}}""";

    private readonly HttpClient _client = gateway.Connect();

    [Theory]
    [InlineData("application/json", Record)]
    [InlineData("application/json; charset=utf-8", Record)]
    [InlineData("Application/JSON", Record)]
    [InlineData("text/json", Record)]
    [InlineData("application/x-ndjson", Record)]
    [InlineData("application/cloudevents+json", Record)]
    [InlineData("text/plain", "a 1\n")]
    [InlineData("text/plain; version=0.0.4", "a 1\n")]
    [InlineData(null, Record)]
    [InlineData(null, "a 1\n")]
    [InlineData("", Record)]
    [InlineData("application/x-www-form-urlencoded", Record)]
    [InlineData("application/x-www-form-urlencoded", "a 1\n")]
    [InlineData("application/octet-stream", "a 1\n")]
    [InlineData("*/*", "a 1\n")]
    public async Task Known_and_unspecific_types_are_read(string? contentType, string body)
    {
        using var response = await _client.PushAsync(body, contentType);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("text/html")]
    [InlineData("application/xml")]
    [InlineData("application/x-protobuf")]
    [InlineData("application/x-protobuf;proto=io.prometheus.write.v2.Request")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("nonsense")]
    [InlineData("/")]
    public async Task Other_types_are_refused_in_our_own_words(string contentType)
    {
        using var response = await _client.PushAsync(Record, contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal("media-type-unsupported", (await Problem.ReadAsync(response)).Code);
    }

    [Theory]
    [InlineData("application/json", "a 1\n", "json-invalid")]
    [InlineData("text/plain", Record, "text-invalid")]
    public async Task What_Content_Type_says_is_believed(string contentType, string body, string code)
    {
        using var response = await _client.PushAsync(body, contentType);
        Assert.Equal(code, (await Problem.ReadAsync(response)).Code);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("image/png")]
    [InlineData(null)]
    public async Task A_group_is_text_unless_Content_Type_says_protobuf(string? contentType)
    {
        using var response = await _client.PushAsync("a 1\n", contentType, "/metrics/job/typed");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }
}
