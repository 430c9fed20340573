using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using PushGateway.Api.Endpoints;
using PushGateway.Exposition;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Endpoints;

/// <summary>What a scraper asks for, and what it gets. Most of it is compared with a real Pushgateway, too: the cases of the conformance test.</summary>
public sealed class ScrapeNegotiationTests(KestrelGateway gateway) : IClassFixture<KestrelGateway>
{
    private const string Protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

    private readonly HttpClient _client = gateway.Connect();

    [Theory]
    [InlineData("", ExpositionFormat.Text)]
    [InlineData("nonsense", ExpositionFormat.Text)]
    [InlineData("text/html", ExpositionFormat.Text)]
    [InlineData("*/*", ExpositionFormat.Text)]
    [InlineData("application/openmetrics-text", ExpositionFormat.OpenMetrics)]
    [InlineData("Application/OpenMetrics-Text; Version=1.0.0; charset=utf-8", ExpositionFormat.OpenMetrics)]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"", ExpositionFormat.OpenMetrics)]
    [InlineData("application/openmetrics-text;version=2.0.0", ExpositionFormat.Text)]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0", ExpositionFormat.Text)]
    [InlineData(Protobuf, ExpositionFormat.Protobuf)]
    [InlineData("application/vnd.google.protobuf; encoding=\"delimited\"; proto=\"io.prometheus.client.MetricFamily\"", ExpositionFormat.Protobuf)]
    [InlineData("application/vnd.google.protobuf", ExpositionFormat.Text)]
    [InlineData("text/*, " + Protobuf + ";q=0.9", ExpositionFormat.Text)]
    [InlineData("*/*, " + Protobuf, ExpositionFormat.Protobuf)]
    [InlineData("nonsense, " + Protobuf, ExpositionFormat.Protobuf)]

    // The headers of Prometheus 2.53, with and without native histograms, and of its older version.
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", ExpositionFormat.OpenMetrics)]
    [InlineData(Protobuf + ";q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", ExpositionFormat.Protobuf)]
    [InlineData("text/plain;version=0.0.4;q=0.6,*/*;q=0.5", ExpositionFormat.Text)]
    internal void The_format_is_the_one_liked_best(string accept, ExpositionFormat expected)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Accept = accept;
        Assert.Equal(expected, ScrapeNegotiation.FormatOf(http.Request));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("gzip", true)]
    [InlineData("GZip", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip;q=0.001", true)]
    [InlineData("identity, gzip", false)]
    [InlineData("identity;q=0.4, *;q=0.2, gzip;q=0.5", true)]
    [InlineData("*", false)]
    [InlineData("identity;q=0", false)]
    [InlineData("br;q=1.0, zstd", false)]
    public void Gzip_is_for_those_who_like_it_better_than_nothing(string acceptEncoding, bool expected)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.AcceptEncoding = acceptEncoding;
        Assert.Equal(expected, ScrapeNegotiation.WantsGzip(http.Request));
    }

    [Theory]
    [InlineData("text/plain", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("application/openmetrics-text", "application/openmetrics-text; version=1.0.0; charset=utf-8")]
    [InlineData(Protobuf, "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited")]
    public async Task HEAD_has_the_headers_of_GET_and_no_body(string accept, string contentType)
    {
        foreach (var method in new[] { "GET", "HEAD" })
        {
            using var response = await AskAsync(method, accept, "gzip");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(contentType, response.Content.Headers.NonValidated["Content-Type"].ToString());
            Assert.Equal("gzip", response.Content.Headers.NonValidated["Content-Encoding"].ToString());
            Assert.Equal("Accept, Accept-Encoding", response.Headers.NonValidated["Vary"].ToString());
            var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            Assert.Equal(method == "GET", body.Length > 0);
        }
    }

    // Three thousand series take several pieces of text; one family, and so one message, of protobuf.
    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/openmetrics-text")]
    [InlineData(Protobuf)]
    public async Task What_is_compressed_is_what_is_not_and_pieces_make_a_whole(string accept)
    {
        const int Series = 3000;
        await using var own = new KestrelGateway();
        using var client = own.Connect();
        var push = string.Concat(Enumerable.Range(0, Series).Select(i => $"many{{i=\"no_{i}_\"}} {i}\n"));
        using var pushed = await client.PushAsync(push, Pushes.Text, "/metrics/job/many");
        await Poll.UntilAsync(
            async _ => Numbers(await ReadAsync(client, accept, "identity")).Any(),
            "the push to appear",
            cancellationToken: TestContext.Current.CancellationToken);

        var plain = await ReadAsync(client, accept, "identity");
        using var compressed = new MemoryStream(await ReadAsync(client, accept, "gzip"));
        await using var gzip = new GZipStream(compressed, CompressionMode.Decompress);
        using var decompressed = new MemoryStream();
        await gzip.CopyToAsync(decompressed, TestContext.Current.CancellationToken);

        Assert.True(compressed.Length < plain.Length / 3, $"{plain.Length} bytes compressed to {compressed.Length}");
        Assert.Equal(Enumerable.Range(0, Series), Numbers(plain).Order());
        Assert.Equal(Numbers(plain), Numbers(decompressed.ToArray()));
    }

    private static IEnumerable<int> Numbers(byte[] body) =>
        Regex.Matches(Encoding.Latin1.GetString(body), "no_([0-9]+)_").Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

    private async Task<HttpResponseMessage> AskAsync(string method, string accept, string acceptEncoding) =>
        await AskAsync(_client, method, accept, acceptEncoding);

    private static async Task<byte[]> ReadAsync(HttpClient client, string accept, string acceptEncoding)
    {
        using var response = await AskAsync(client, "GET", accept, acceptEncoding);
        return await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, string method, string accept, string acceptEncoding)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri("/metrics", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding);
        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
