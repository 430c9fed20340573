using System.Globalization;
using System.Text;
using System.Text.Json;

namespace PushGateway.Bench.ColdStart;

/// <summary>The events for the functions.</summary>
internal static class Events
{
    private const int Megabyte = 1024 * 1024;

    public static byte[] Hello { get; } = "{}"u8.ToArray();

    /// <summary>An event of a Function URL: a push of ten samples of text to a group.</summary>
    public static byte[] PushOfTenSamples { get; } = Push(Text(lines: 10));

    /// <summary>An event of a Function URL: a push of one megabyte of text to a group.</summary>
    public static byte[] PushOfOneMegabyte { get; } = Push(Text(lines: Megabyte / Text(lines: 1).Length));

    /// <summary>An SQS event of one JSON record.</summary>
    public static byte[] BatchOfOneMessage { get; } = Json(writer =>
    {
        writer.WriteStartArray("Records");
        writer.WriteStartObject();
        writer.WriteString("messageId", "1");
        writer.WriteString("receiptHandle", "1");
        writer.WriteString("body", """{"dimensions":{"room":"kitchen"},"metrics":{"temperature":"21.5"}}""");
        writer.WriteStartObject("attributes");
        writer.WriteString("SentTimestamp", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        writer.WriteEndObject();
        writer.WriteStartObject("messageAttributes");
        writer.WriteEndObject();
        writer.WriteString("eventSource", "aws:sqs");
        writer.WriteString("eventSourceARN", Cloud.QueueArn);
        writer.WriteString("awsRegion", Cloud.Region);
        writer.WriteEndObject();
        writer.WriteEndArray();
    });

    private static string Text(int lines)
    {
        var text = new StringBuilder();
        for (var i = 0; i < lines; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"http_requests_total{{handler=\"/api/v1/query\",instance_id=\"{i:00000000}\"}} {i}.5\n");
        }

        return text.ToString();
    }

    private static byte[] Push(string text) => Json(writer =>
    {
        writer.WriteString("version", "2.0");
        writer.WriteString("routeKey", "$default");
        writer.WriteString("rawPath", "/metrics/job/bench");
        writer.WriteString("rawQueryString", "");
        writer.WriteStartObject("headers");
        writer.WriteString("content-type", "text/plain");
        writer.WriteString("host", "bench.lambda-url.eu-central-1.on.aws");
        writer.WriteEndObject();
        writer.WriteStartObject("requestContext");
        writer.WriteString("domainName", "bench.lambda-url.eu-central-1.on.aws");
        writer.WriteString("stage", "$default");
        writer.WriteStartObject("http");
        writer.WriteString("method", "PUT");
        writer.WriteString("path", "/metrics/job/bench");
        writer.WriteString("protocol", "HTTP/1.1");
        writer.WriteString("sourceIp", "127.0.0.1");
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteString("body", text);
        writer.WriteBoolean("isBase64Encoded", false);
    });

    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}
