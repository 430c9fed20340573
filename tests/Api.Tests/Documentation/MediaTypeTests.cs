using System.Net;
using System.Text.RegularExpressions;
using PushGateway.Formats;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Documentation;

/// <summary><c>docs/formats.md</c> has every media type, with the format that it stands for and where it is taken.</summary>
public sealed partial class MediaTypeTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private const string JsonSuffix = "+json";

    private static readonly Dictionary<string, PushFormat> FormatOfLink = new()
    {
        ["#json-record"] = PushFormat.Json,
        ["#prometheus-text"] = PushFormat.Text,
        ["#openmetrics"] = PushFormat.OpenMetrics,
        ["#protobuf"] = PushFormat.Protobuf,
        ["queue.md#native-histograms"] = PushFormat.RemoteWrite2,
    };

    /// <summary>How a JSON record and Prometheus text begin.</summary>
    private static readonly string[] Bodies = ["{\"a\":", "a 1\n"];

    private static readonly IReadOnlyList<IReadOnlyList<string>> Rows = MarkdownPage.Read("docs/formats.md").TableOf("media type").Rows;

    [Fact]
    public void Every_media_type_has_a_row()
    {
        var named = Literal().Matches(File.ReadAllText(RepositoryRoot.Combine("src", "Core", "Formats", "MediaType.cs"))).Select(match => match.Groups[1].Value);
        Documented.Equal(
            "docs/formats.md, media types", named.Append(JsonSuffix), Rows.SelectMany(row => MarkdownTable.Code(row[0])).Select(type => type.Split(';')[0]));
    }

    [Fact]
    public void Every_row_has_the_right_format()
    {
        foreach (var (row, type) in Types())
        {
            var formats = Bodies.Select(body => Format(type, body)).Distinct().ToArray();
            var link = Link().Match(row[1]);
            Assert.True(
                link.Success ? formats is [var only] && only == FormatOfLink[link.Groups[1].Value] : formats is [PushFormat.Json, PushFormat.Text],
                $"docs/formats.md: {type} is read as {string.Join(" or ", formats)}, not as \"{row[1]}\".");
        }
    }

    [Fact]
    public async Task Every_row_says_where_it_is_taken()
    {
        using var client = gateway.Connect();
        foreach (var (row, type) in Types())
        {
            using var response = await client.PushAsync("", type);
            Check("POST /metrics", row[2], response.StatusCode != HttpStatusCode.UnsupportedMediaType);

            var message = new QueueMessage(default, new Dictionary<string, string> { [MessageAttribute.ContentType] = type });
            PushMessageCodec.TryDecode(new ReceivedMessage("1", message, sentMs: 0), new(), PushLimits.Default, out _, out var error);
            Check("the queue", row[3], error?.Code != RejectCode.MediaTypeUnsupported);

            void Check(string place, string said, bool isTaken) => Assert.True(
                said == (isTaken ? "yes" : "no"), $"docs/formats.md: {place} {(isTaken ? "takes" : "refuses")} {type}, and the page says \"{said}\".");
        }
    }

    [Fact]
    public void The_page_of_the_queue_has_a_message_of_every_format()
    {
        var types = MarkdownPage.Read("docs/queue.md").TableOf("body").Rows
            .Select(row => MarkdownTable.Code(row[1]).Select(text => text.Split(": ")).FirstOrDefault(pair => pair[0] == MessageAttribute.ContentType)?[1])
            .Select(type => type ?? "application/json");
        Documented.Equal("docs/queue.md, formats", Enum.GetNames<PushFormat>(), types.Select(type => Format(type, "").ToString()!));
    }

    private static IEnumerable<(IReadOnlyList<string> Row, string Type)> Types() =>
        from row in Rows
        from type in MarkdownTable.Code(row[0])
        select (row, type == JsonSuffix ? "application/a" + JsonSuffix : type);

    private static PushFormat? Format(string type, string body) =>
        MediaType.TryGetFormat(type, System.Text.Encoding.UTF8.GetBytes(body), out var format) ? format : null;

    [GeneratedRegex(@"""([a-z*]+/[a-z0-9.+*-]+)["";]")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\]\((.*)\)")]
    private static partial Regex Link();
}
