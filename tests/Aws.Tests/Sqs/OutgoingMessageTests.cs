using System.Text;
using PushGateway.Aws.Sqs;
using PushGateway.Queue;
using Xunit;

namespace PushGateway.Aws.Tests.Sqs;

public sealed class OutgoingMessageTests
{
    [Theory]
    [InlineData("")]
    [InlineData("6100")]
    [InlineData("1b")]
    [InlineData("ff")]
    [InlineData("eda080")]
    [InlineData("efbfbf")]
    public void A_body_that_SQS_refuses_is_refused_before(string hex) => Assert.ThrowsAny<ArgumentException>(() =>
        OutgoingMessage.From(new QueueMessage(Convert.FromHexString(hex), new Dictionary<string, string>()), 1024));

    [Fact]
    public void A_body_may_hold_every_character_that_SQS_takes()
    {
        const string Text = "\t\n\r ~\u007f\u0085é\ud7ff\ue000\ufffd\U00010000\U0001f373\U0010ffff";
        Assert.Equal(Text, OutgoingMessage.From(Message(Text), 1024).Body);
    }

    [Fact]
    public void The_size_is_body_names_types_and_values()
    {
        var message = Message("é", ("Push-Group", "job/ü"));
        Assert.Equal(2 + 10 + 6 + 6, OutgoingMessage.From(message, 24).Bytes);
        Assert.Throws<ArgumentException>(() => OutgoingMessage.From(message, 23));
    }

    [Fact]
    public void Eleven_attributes_are_refused() => Assert.Throws<ArgumentException>(() =>
        OutgoingMessage.From(Message("b", [.. Enumerable.Range(0, 11).Select(i => ($"a{i}", "v"))]), 1024));

    [Fact]
    public void Pushes_to_a_group_share_a_message_group_and_others_share_none()
    {
        Assert.Equal("job/backup", GroupIdOf("job/backup"));
        Assert.Equal(GroupIdOf(new string('x', 129)), GroupIdOf(new string('x', 129)));
        Assert.Equal(64, GroupIdOf(new string('x', 129)).Length);
        Assert.Equal(64, GroupIdOf("job/a b").Length);
        Assert.NotEqual(GroupIdOf("job/a b"), GroupIdOf("job/a  b"));
        Assert.NotEqual(OutgoingMessage.From(Message("b"), 1024).GroupId, OutgoingMessage.From(Message("b"), 1024).GroupId);

        static string GroupIdOf(string group) => OutgoingMessage.From(Message("b", ("Push-Group", group)), 1024).GroupId;
    }

    [Fact]
    public void Messages_are_packed_by_ten_and_by_size()
    {
        int[] sizes = [400, 400, 400, 1000, .. Enumerable.Repeat(1, 12)];
        var messages = sizes.Select(size => OutgoingMessage.From(Message(new string('b', size)), 1024)).ToList();
        var chunks = SqsSender.Pack(messages, 1024);

        Assert.Equal([2, 1, 10, 3], chunks.Select(chunk => chunk.Count));
        Assert.Equal(messages, chunks.SelectMany(chunk => chunk));
        Assert.Empty(SqsSender.Pack([], 1024));
    }

    private static QueueMessage Message(string body, params (string Name, string Value)[] attributes) =>
        new(Encoding.UTF8.GetBytes(body), attributes.ToDictionary(pair => pair.Name, pair => pair.Value));
}
