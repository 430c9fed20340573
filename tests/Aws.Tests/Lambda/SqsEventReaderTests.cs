using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Amazon.SQS.Model;
using PushGateway.Aws.Lambda;
using PushGateway.Aws.Lambda.Events;
using PushGateway.Aws.Sqs;
using PushGateway.Buffers;
using Xunit;

namespace PushGateway.Aws.Tests.Lambda;

public sealed class SqsEventReaderTests
{
    private const long Now = 1_700_000_000_000;

    private static readonly string[] Bodies =
    [
        "", "cGxhaW4=", """{"dimensions":{"a":"b"},"metrics":{"m":"1"}}""", "line\nline\ttab\\ and \"quotes\" over more than sixteen bytes",
        "hé 😀 </script>", new('x', 70_000), string.Concat(Enumerable.Repeat("\"\\", 50_000)), "\u0001\u001f",
    ];

    [Fact]
    public void Messages_are_those_that_a_JSON_document_has()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var json = Event(new Random(seed));
            using var document = JsonDocument.Parse(json);
            var expected = document.RootElement.GetProperty("Records").EnumerateArray().Select(Describe).ToList();

            using var bodies = new PooledBuffer();
            var actual = SqsEventReader.Read(Encoding.UTF8.GetBytes(json), bodies, Now).Select(message => string.Join(
                "|",
                message.Id,
                Encoding.UTF8.GetString(message.Message.Body.Span),
                message.SentMs,
                message.IsRedelivered,
                message.OrderGroup,
                string.Join(",", message.Message.Attributes.Select(attribute => $"{attribute.Key}={attribute.Value}")),
                string.Join(",", ((SqsReceipt)message.Receipt!).Attributes.Select(Describe)))).ToList();

            Assert.True(expected.SequenceEqual(actual), $"seed {seed}\n{json}");
        }
    }

    [Fact]
    public void An_event_that_is_cut_off_is_refused()
    {
        var json = Encoding.UTF8.GetBytes(Event(new Random(2), [.. Bodies.Where(body => body.Length < 100)]).TrimEnd());
        for (var length = 0; length < json.Length; length++)
        {
            using var bodies = new PooledBuffer();
            Assert.Throws<InvocationException>(() => SqsEventReader.Read(json.AsMemory(0, length), bodies, Now));
        }
    }

    [Fact]
    public void A_record_that_names_another_source_too_is_refused()
    {
        var json = """{"Records":[{"messageId":"a","body":"b","eventSource":"aws:sns","eventSource":"aws:sqs"}]}"""u8.ToArray();

        using var bodies = new PooledBuffer();
        Assert.Throws<InvocationException>(() => SqsEventReader.Read(json, bodies, Now));
    }

    private static string Event(Random random, string[]? bodies = null)
    {
        var options = new JsonSerializerOptions { Encoder = random.Next(2) == 0 ? JavaScriptEncoder.UnsafeRelaxedJsonEscaping : JavaScriptEncoder.Default };
        var records = Enumerable.Range(0, random.Next(1, 4)).Select(i => Record(random, i, bodies ?? Bodies, options));
        return $"{{\"Records\":[{string.Join(random.Next(3) == 0 ? " , " : ",", records)}]}}{(random.Next(3) == 0 ? "\n" : "")}";
    }

    private static string Record(Random random, int index, string[] bodies, JsonSerializerOptions options)
    {
        List<string> members =
        [
            $"\"messageId\":\"id-{index}\"",
            $"\"body\":{JsonSerializer.Serialize(bodies[random.Next(bodies.Length)], options)}",
            "\"eventSource\":\"aws:sqs\"",
            "\"receiptHandle\":\"AQEB\\/wJnKyrHigUMZj6rYigCgxlaS3SLy0a\"",
            "\"md5OfMessageAttributes\":null",
        ];
        members.RemoveRange(3, random.Next(3));
        var count = random.Next(2) == 0 ? "" : $"\"ApproximateReceiveCount\":\"{random.Next(1, 4)}\",\"MessageGroupId\":\"g\\u0020{index}\",";
        members.Insert(random.Next(members.Count), random.Next(2) == 0 ? "\"attributes\":{}" : $"\"attributes\":{{\"SenderId\":\"s\",{count}\"SentTimestamp\":\"{Now - index}\"}}");
        if (random.Next(2) == 0)
        {
            var attributes = Enumerable.Range(0, random.Next(12)).Select(i => $"\"{(random.Next(9) == 0 ? "other" : "a")}-{i}\":{Attribute(random)}");
            members.Insert(random.Next(members.Count), $"\"messageAttributes\":{{{string.Join(',', attributes)}}}");
        }

        if (random.Next(3) == 0)
        {
            random.Shuffle(CollectionsMarshal.AsSpan(members));
        }

        return $"{{{string.Join(random.Next(3) == 0 ? ",\n  " : ",", members)}}}";
    }

    private static string Attribute(Random random)
    {
        string?[] members =
        [
            random.Next(4) switch
            {
                0 => "\"stringValue\":\"12.50\",\"dataType\":\"Number\"",
                1 => "\"binaryValue\":\"AQID\",\"dataType\":\"Binary\"",
                2 => "\"binaryValue\":null,\"dataType\":\"String\",\"stringValue\":\"text\\/\\u00fc\"",
                _ => $"\"dataType\":\"String\",\"stringValue\":\"{random.Next(3)}\"",
            },
            random.Next(2) == 0 ? "\"stringListValues\":[],\"binaryListValues\":[]" : null,
        ];
        return $"{{{string.Join(',', members.Where(member => member is not null))}}}";
    }

    private static string Describe(KeyValuePair<string, MessageAttributeValue> attribute) => string.Join(
        ":",
        attribute.Key,
        attribute.Value.DataType,
        attribute.Value.StringValue,
        attribute.Value.BinaryValue is { } binary ? Convert.ToBase64String(binary.ToArray()) : null);

    private static string Describe(JsonElement record)
    {
        var sent = record.TryGetProperty("attributes", out var attributes) && attributes.TryGetProperty("SentTimestamp", out var timestamp)
            ? timestamp.GetString()
            : $"{Now}";
        var redelivered = attributes.ValueKind == JsonValueKind.Object && attributes.TryGetProperty("ApproximateReceiveCount", out var count) && count.GetString() != "1";
        var group = attributes.ValueKind == JsonValueKind.Object && attributes.TryGetProperty("MessageGroupId", out var id) ? id.GetString() : null;
        var all = record.TryGetProperty("messageAttributes", out var message) ? message.EnumerateObject().ToList() : [];
        var text = all.Where(attribute => Member(attribute, "stringValue") is not null).Select(attribute => $"{attribute.Name}={Member(attribute, "stringValue")}");
        var others = all.Where(attribute => Member(attribute, "dataType") != "String").Select(attribute =>
            string.Join(":", attribute.Name, Member(attribute, "dataType"), Member(attribute, "stringValue"), Member(attribute, "binaryValue")));
        return string.Join(
            "|", record.GetProperty("messageId").GetString(), record.GetProperty("body").GetString(), sent, redelivered, group, string.Join(",", text), string.Join(",", others));

        static string? Member(JsonProperty attribute, string name) => attribute.Value.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
