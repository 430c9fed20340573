using System.Net;
using System.Text.RegularExpressions;
using PushGateway.Buffers;
using PushGateway.Formats.Compression;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Documentation;

/// <summary>Every page that lists content encodings lists those that are undone, over HTTP and on the queue.</summary>
public sealed partial class ContentEncodingTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    /// <summary>Every word in quotes in the decompressor's source that it takes for an encoding.</summary>
    private static readonly string[] Known =
    [
        .. Literal().Matches(File.ReadAllText(RepositoryRoot.Combine("src", "Core", "Formats", "Compression", "Decompressor.cs")))
            .Select(match => match.Groups[1].Value).Distinct().Where(IsKnown),
    ];

    [Fact]
    public void The_page_of_HTTP_lists_them() =>
        Documented.Equal("docs/http.md, content encodings", Known, Rows("docs/http.md", "encoding").SelectMany(row => MarkdownTable.Code(row[0])));

    [Fact]
    public void The_page_of_the_queue_lists_them() => Documented.Equal(
        "docs/queue.md, content encodings",
        Known,
        MarkdownTable.Code(Assert.Single(Rows("docs/queue.md", "attribute"), row => row[0] == $"`{MessageAttribute.ContentEncoding}`")[1]));

    [Fact]
    public void The_remedy_for_an_unknown_one_lists_them() => Documented.Equal(
        "docs/errors.md, encoding-unsupported",
        Known,
        MarkdownTable.Code(Assert.Single(Rows("docs/errors.md", "Code"), row => row[0] == $"`{RejectCode.EncodingUnsupported}`")[3]));

    [Fact]
    public async Task Each_is_taken_over_HTTP_and_on_the_queue()
    {
        using var client = gateway.Connect();
        foreach (var encoding in Known)
        {
            using var response = await client.PushAsync(Pushes.Encoded([1], Pushes.Text, encoding));
            Assert.NotEqual(HttpStatusCode.UnsupportedMediaType, response.StatusCode);

            var message = new QueueMessage(new byte[] { 1 }, new Dictionary<string, string> { [MessageAttribute.ContentEncoding] = encoding });
            Assert.False(PushMessageCodec.TryDecode(new ReceivedMessage("1", message, sentMs: 0), new(), PushLimits.Default, out _, out var error));
            Assert.NotEqual(RejectCode.EncodingUnsupported, error.Code);
        }
    }

    private static bool IsKnown(string word)
    {
        using var output = new PooledBuffer();
        return Decompressor.Decompress(word, ReadOnlyMemory<byte>.Empty, output, maxBytes: 1)?.Code != RejectCode.EncodingUnsupported;
    }

    private static IReadOnlyList<IReadOnlyList<string>> Rows(string page, string header) => MarkdownPage.Read(page).TableOf(header).Rows;

    [GeneratedRegex("\"([a-z-]+)\"")]
    private static partial Regex Literal();
}
