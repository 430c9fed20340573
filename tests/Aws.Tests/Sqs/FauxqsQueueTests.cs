using System.Text;
using PushGateway.Aws.Sqs;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Testing;
using Xunit;
using EmulatorOptions = PushGateway.Testing.SqsQueueOptions;
using SqsQueueOptions = PushGateway.Aws.Sqs.SqsQueueOptions;

namespace PushGateway.Aws.Tests.Sqs;

public sealed class FauxqsQueueTests(FauxqsEmulator emulator) : SqsPushQueueTests(emulator), IClassFixture<FauxqsEmulator>
{
    private readonly FauxqsEmulator _emulator = emulator;

    [Theory]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(9000)]
    public async Task A_dead_letter_that_its_queue_does_not_take_is_cut_and_says_so(int maxBytes)
    {
        var endpoint = await _emulator.StartAsync();
        var source = await endpoint.CreateQueueAsync(cancellationToken: Cancellation);
        var dead = await endpoint.CreateQueueAsync(
            options: new EmulatorOptions { Attributes = new Dictionary<string, string> { ["MaximumMessageSize"] = $"{maxBytes}" } }, cancellationToken: Cancellation);
        var observer = new RecordingObserver();
        using var queue = new SqsPushQueue(
            new SqsQueueOptions { QueueUrl = source.Url, DeadLetterQueueUrl = dead.Url }, TimeProvider.System, _ => endpoint.CreateClient(), observer);
        var body = string.Concat(Enumerable.Range(0, 2000).Select(i => $"é{i:0000}"));
        var attributes = new Dictionary<string, string>
        {
            ["Content-Type"] = "text/plain",
            ["Push-Group"] = "job/a",
            ["x-foreign"] = new string('x', 3000),
            ["Content-Encoding"] = "identity",
        };
        await queue.EnqueueAsync([Message("small"), Message(body) with { Attributes = attributes }, Message("small too")], Cancellation);
        var received = await GatherAsync(queue, 3);

        await queue.DeadLetterAsync([.. received.Select(message => new DeadLetter(message, new PushError(RejectCode.JsonInvalid, "expected a value")))], Cancellation);

        Assert.Equal(0, (await source.CountAsync(Cancellation)).Total);
        var letters = await dead.DrainAsync(Cancellation);
        Assert.Equal(3, letters.Count);
        Assert.All(
            letters.Where(letter => letter.Body.StartsWith("small", StringComparison.Ordinal)),
            letter => Assert.Equal("json-invalid: expected a value", letter.MessageAttributes["Dead-Letter-Reason"].StringValue));
        var cut = Assert.Single(letters, letter => letter.Body[0] == 'é');
        Assert.StartsWith(cut.Body, body, StringComparison.Ordinal);
        Assert.Equal(
            $"json-invalid: the body was cut from 12000 to {Encoding.UTF8.GetByteCount(cut.Body)} bytes for the dead-letter queue; expected a value",
            cut.MessageAttributes["Dead-Letter-Reason"].StringValue);
        Assert.Equal("text/plain", cut.MessageAttributes["Content-Type"].StringValue);
        Assert.Equal("job/a", cut.MessageAttributes["Push-Group"].StringValue);
        Assert.Equal("truncated", cut.MessageAttributes["Content-Encoding"].StringValue);
        var original = received.Single(message => Body(message) == body);
        Assert.Equal([$"{original.Id} True"], observer.Cuts);
        Assert.Equal($"{original.SentMs}000000", cut.MessageAttributes["Push-Time"].StringValue);
        Assert.True(Encoding.UTF8.GetByteCount(cut.Body) > maxBytes / 3, $"Only {cut.Body.Length} characters are left.");
    }

    // Not on moto, which takes a minute for it and hands out messages twice.
    [Fact]
    public async Task A_thousand_are_gathered_by_one_receive()
    {
        var (source, queue) = await CreateAsync(options => options with { GatherTime = TimeSpan.FromMinutes(1) });
        using var _ = queue;
        var bodies = Enumerable.Range(0, 1010).Select(i => $"{i:0000}").ToList();
        await queue.EnqueueAsync([.. bodies.Select(Message)], Cancellation);

        var received = await queue.ReceiveAsync(1000, Cancellation);

        Assert.Equal(1000, received.Select(message => message.Id).Distinct().Count());
        await queue.CompleteAsync(received, Cancellation);
        await Poll.UntilAsync(async token => (await source.CountAsync(token)).Total == 10, "ten messages to be left", cancellationToken: Cancellation);
        Assert.Equal(
            bodies,
            received.Select(Body).Concat(await ReceiveAllAsync(queue, 10)).Order(StringComparer.Ordinal));
    }
}
