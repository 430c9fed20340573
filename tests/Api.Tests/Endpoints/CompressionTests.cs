using System.Net;
using System.Text;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>Compressed bodies, on both kinds of paths.</summary>
public sealed class CompressionTests(KestrelGateway gateway) : IClassFixture<KestrelGateway>
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("a 1\nb 2\n");

    private readonly HttpClient _client = gateway.Connect();

    public static TheoryData<string, byte[], string, HttpStatusCode, string> Broken => new()
    {
        { "gzip", Pushes.Gzip(Body)[..^4], "compression-invalid", HttpStatusCode.BadRequest, "the gzip body is corrupt" },
        { "gzip", [], "compression-invalid", HttpStatusCode.BadRequest, "the gzip body is empty" },
        { "gzip", Body, "compression-invalid", HttpStatusCode.BadRequest, "the gzip body is corrupt" },
        { "snappy", Pushes.Snappy(Body)[..^4], "compression-invalid", HttpStatusCode.BadRequest, "the Snappy body is truncated, or followed by something else" },
        { "snappy", [], "compression-invalid", HttpStatusCode.BadRequest, "the Snappy body is empty" },
        { "snappy", Body, "compression-invalid", HttpStatusCode.BadRequest, "the Snappy body is corrupt" },
        { "deflate", Body, "encoding-unsupported", HttpStatusCode.UnsupportedMediaType, "content encoding \"deflate\" is not supported" },
        { "gzip, gzip", Body, "encoding-unsupported", HttpStatusCode.UnsupportedMediaType, "content encoding \"gzip, gzip\" is not supported" },
    };

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/metrics/job/compressed")]
    public async Task Gzip_is_understood(string path)
    {
        using var response = await _client.PushAsync(Pushes.Encoded(Pushes.Gzip(Body), Pushes.Text, "gzip"), path);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/metrics/job/compressed")]
    public async Task Snappy_is_understood(string path)
    {
        using var response = await _client.PushAsync(Pushes.Encoded(Pushes.Snappy(Body), Pushes.Text, "Snappy"), path);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task What_cannot_be_decompressed_is_refused(string encoding, byte[] body, string code, HttpStatusCode status, string detail)
    {
        using var problem = await _client.PushAsync(Pushes.Encoded(body, Pushes.Text, encoding));
        Assert.Equal(status, problem.StatusCode);
        var error = Assert.Single((await Problem.ReadAsync(problem)).Errors);
        Assert.Equal((code, detail), (error.Code, error.Detail));

        using var line = await _client.PushAsync(Pushes.Encoded(body, Pushes.Text, encoding), "/metrics/job/compressed");
        Assert.Equal(status, line.StatusCode);
        Assert.Equal(detail + "\n", await line.TextAsync());
    }
}
