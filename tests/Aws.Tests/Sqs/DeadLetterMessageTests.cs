using System.Text;
using Amazon.SQS.Model;
using PushGateway.Aws.Sqs;
using PushGateway.Push;
using PushGateway.Queue;
using Xunit;

namespace PushGateway.Aws.Tests.Sqs;

public sealed class DeadLetterMessageTests
{
    private const int MaxBytes = 4096;

    [Fact]
    public void The_letter_keeps_everything_and_gains_reason_and_time()
    {
        var letter = Write("body", new() { ["Content-Type"] = Text("text/plain"), ["n"] = new() { DataType = "Number", StringValue = "7" } });

        Assert.Equal("body", letter.Body);
        Assert.Equal("text/plain", letter.Attributes["Content-Type"].StringValue);
        Assert.Equal("Number", letter.Attributes["n"].DataType);
        Assert.Equal("json-invalid: expected a value", Reason(letter));
        Assert.Equal("1753878896000000000", letter.Attributes["Push-Time"].StringValue);
        Assert.Equal("id-1", letter.DeduplicationId);
    }

    [Fact]
    public void The_letter_keeps_the_text_that_only_the_message_has()
    {
        var message = new ReceivedMessage(
            "id-1", new QueueMessage("body"u8.ToArray(), new Dictionary<string, string> { ["Content-Type"] = "text/plain", ["n"] = "7" }), 0);
        var receipt = new SqsReceipt("", new Dictionary<string, MessageAttributeValue> { ["n"] = new() { DataType = "Number", StringValue = "7" } });

        var letter = DeadLetterMessage.From(new DeadLetter(message, new PushError(RejectCode.JsonInvalid, "")), receipt, MaxBytes);

        Assert.Equal(("String", "text/plain"), (letter.Attributes["Content-Type"].DataType, letter.Attributes["Content-Type"].StringValue));
        Assert.Equal(("Number", "7"), (letter.Attributes["n"].DataType, letter.Attributes["n"].StringValue));
    }

    [Fact]
    public void A_time_that_is_there_stays_and_an_old_reason_goes()
    {
        var letter = Write("body", new() { ["Push-Time"] = Text("1"), ["Dead-Letter-Reason"] = Text("empty: before") });

        Assert.Equal("1", letter.Attributes["Push-Time"].StringValue);
        Assert.Equal("json-invalid: expected a value", Reason(letter));
    }

    [Fact]
    public void Of_ten_attributes_the_last_unknown_one_gives_way()
    {
        var attributes = Enumerable.Range(0, 8).ToDictionary(i => $"x{i}", _ => Text("v"));
        attributes["Push-Version"] = Text("1");
        attributes["traceparent"] = Text("00-0-0-00");
        var letter = Write("body", attributes);

        Assert.Equal(10, letter.Attributes.Count);
        Assert.Equal(["x0", "x1", "x2", "x3", "x4", "x5", "x6"], letter.Attributes.Keys.Where(name => name[0] == 'x').Order());
        Assert.Equal("json-invalid: expected a value", Reason(letter));
    }

    [Fact]
    public void Of_a_part_of_a_push_with_all_attributes_the_trace_gives_way()
    {
        string[] own =
        [
            "Content-Type", "Content-Encoding", "Content-Transfer-Encoding", "Push-Operation", "Push-Group", "Push-TTL", "Push-Time", "Push-Part", "Push-Version",
        ];
        var letter = Write("body", own.Append("traceparent").ToDictionary(name => name, _ => Text("v")));

        Assert.Equal(own.Append("Dead-Letter-Reason").Order(StringComparer.Ordinal), letter.Attributes.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(36, "json-invalid")]
    [InlineData(40, "json-invalid: ex")]
    [InlineData(54, "json-invalid: expected a value")]
    [InlineData(35, null)]
    [InlineData(0, null)]
    public void The_reason_is_cut_to_what_fits(int room, string? reason)
    {
        var letter = Write(new string('b', MaxBytes - room), []);

        Assert.Equal(reason, Reason(letter));
        Assert.InRange(letter.Bytes, 0, MaxBytes);
    }

    [Fact]
    public void Unknown_attributes_give_way_to_the_code()
    {
        var letter = Write(new string('b', MaxBytes - 15), new() { ["a"] = Text("1234567"), ["traceparent"] = Text("") });
        Assert.Null(Reason(letter));

        letter = Write(new string('b', MaxBytes - 50), new() { ["a"] = Text(new string('v', 40)) });
        Assert.Equal("json-invalid: expected a v", Reason(letter));
        Assert.DoesNotContain("a", letter.Attributes.Keys);
        Assert.Equal(MaxBytes, letter.Bytes);
    }

    [Fact]
    public void A_message_larger_than_ours_may_stay_as_large()
    {
        var letter = Write(new string('b', 2 * MaxBytes), new() { ["x"] = Text(new string('v', 100)) });
        Assert.Equal("json-invalid: expected a value", Reason(letter));
        Assert.InRange(letter.Bytes, 0, (2 * MaxBytes) + 107);
    }

    [Fact]
    public void A_long_reason_is_cut_at_a_character_and_holds_only_legal_ones()
    {
        var reason = Reason(Write("body", [], "tab\tand \0 \uffff \ud800 end " + new string('é', 1000)))!;
        Assert.StartsWith("json-invalid: tab\tand \ufffd \ufffd \ufffd end é", reason, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(reason), DeadLetterMessage.MaxReasonBytes - 1, DeadLetterMessage.MaxReasonBytes);
    }

    private static OutgoingMessage Write(string body, Dictionary<string, MessageAttributeValue> attributes, string detail = "expected a value")
    {
        var texts = attributes.ToDictionary(pair => pair.Key, pair => pair.Value.StringValue);
        var message = new ReceivedMessage("id-1", new QueueMessage(Encoding.UTF8.GetBytes(body), texts), 1_753_878_896_000);
        var letter = DeadLetterMessage.From(
            new DeadLetter(message, new PushError(RejectCode.JsonInvalid, detail)), new SqsReceipt("handle", attributes), MaxBytes);
        Assert.Equal(
            letter.Attributes.Sum(pair => pair.Key.Length + pair.Value.DataType.Length + Encoding.UTF8.GetByteCount(pair.Value.StringValue))
                + body.Length,
            letter.Bytes);
        return letter;
    }

    private static string? Reason(OutgoingMessage letter) => letter.Attributes.GetValueOrDefault("Dead-Letter-Reason")?.StringValue;

    private static MessageAttributeValue Text(string value) => new() { DataType = "String", StringValue = value };
}
