using System.Net;
using System.Text;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>The caps on bodies, to the byte, on both kinds of paths.</summary>
public sealed class BodyLimitTests(LimitedGateway gateway) : IClassFixture<LimitedGateway>
{
    private readonly HttpClient _client = gateway.Connect();

    public static TheoryData<string, bool> Ways => new()
    {
        { "/metrics", false },
        { "/metrics", true },
        { "/metrics/job/large", false },
        { "/metrics/job/large", true },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_largest_body_is_taken(string path, bool chunked)
    {
        using var response = await _client.PushAsync(Content(TextOf(LimitedGateway.MaxBodyBytes), chunked), path);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_byte_more_is_refused(string path, bool chunked)
    {
        using var response = await _client.PushAsync(Content(TextOf(LimitedGateway.MaxBodyBytes + 1), chunked), path);
        await AssertTooLargeAsync(response, path, "body-too-large", "the body is larger than 1000 bytes");
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/metrics/job/large")]
    public async Task An_endless_body_is_refused_while_it_is_read(string path)
    {
        using var content = new StreamContent(new EndlessText());
        content.Headers.Add("Content-Type", Pushes.Text);
        HttpResponseMessage response;
        try
        {
            response = await _client.PushAsync(content, path);
        }
        catch (HttpRequestException exception) when (exception.InnerException is IOException)
        {
            // The gateway answered and closed the connection while the client was still writing, which TCP may turn into a reset.
            return;
        }

        using (response)
        {
            await AssertTooLargeAsync(response, path, "body-too-large", "the body is larger than 1000 bytes");
        }
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/metrics/job/large")]
    public async Task What_decompresses_to_too_much_is_refused(string path)
    {
        using var taken = await _client.PushAsync(
            Pushes.Encoded(Pushes.Gzip(TextOf(LimitedGateway.MaxDecompressedBytes)), Pushes.Text, "gzip"), path);
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);

        using var refused = await _client.PushAsync(
            Pushes.Encoded(Pushes.Gzip(TextOf(LimitedGateway.MaxDecompressedBytes + 1)), Pushes.Text, "gzip"), path);
        await AssertTooLargeAsync(refused, path, "decompressed-too-large", "the body decompresses to more than 3000 bytes");
    }

    private static async Task AssertTooLargeAsync(HttpResponseMessage response, string path, string code, string detail)
    {
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        if (path == "/metrics")
        {
            Assert.Equal((code, detail), (await Problem.ReadAsync(response) is var problem ? problem.Code : "", problem.Detail));
        }
        else
        {
            Assert.Equal(detail + "\n", await response.TextAsync());
        }
    }

    private static HttpContent Content(byte[] body, bool chunked) =>
        chunked ? Pushes.Chunked(body, Pushes.Text) : Pushes.Content(body, Pushes.Text);

    private static byte[] TextOf(int bytes)
    {
        const string sample = "a 1\n";
        return Encoding.ASCII.GetBytes(sample + "#" + new string('c', bytes - sample.Length - 2) + "\n");
    }
}
