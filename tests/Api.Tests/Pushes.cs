using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Snappier;
using Xunit;

namespace PushGateway.Api.Tests;

/// <summary>Pushes as clients send them.</summary>
internal static class Pushes
{
    public const string Json = "application/json";
    public const string Text = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Content with exactly this <c>Content-Type</c>, or none.</summary>
    public static ByteArrayContent Content(byte[] body, string? contentType)
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return content;
    }

    public static ByteArrayContent Content(string body, string? contentType) => Content(Encoding.UTF8.GetBytes(body), contentType);

    public static ByteArrayContent Encoded(byte[] body, string contentType, string encoding)
    {
        var content = Content(body, contentType);
        content.Headers.Add("Content-Encoding", encoding);
        return content;
    }

    public static byte[] Gzip(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return compressed.ToArray();
    }

    public static byte[] Snappy(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var snappy = new SnappyStream(compressed, CompressionMode.Compress))
        {
            snappy.Write(body);
        }

        return compressed.ToArray();
    }

    public static byte[] Gzip(string body) => Gzip(Encoding.UTF8.GetBytes(body));

    public static Task<HttpResponseMessage> PushAsync(
        this HttpClient client, string body, string? contentType, string path = "/metrics", HttpMethod? method = null) =>
        client.PushAsync(Content(body, contentType), path, method);

    public static Task<HttpResponseMessage> PushAsync(
        this HttpClient client, HttpContent content, string path = "/metrics", HttpMethod? method = null)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = content };
        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static Task<HttpResponseMessage> SendAsync(this HttpClient client, string method, string path) =>
        client.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative)), TestContext.Current.CancellationToken);

    public static Task<string> TextAsync(this HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    /// <summary>Sends the content in chunks, without saying how long it is.</summary>
    public static HttpContent Chunked(byte[] body, string contentType)
    {
        var content = new StreamContent(new UnknownLengthStream(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return content;
    }
}
