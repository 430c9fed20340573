using PushGateway.Testing;
using Xunit;

namespace PushGateway.Aws.Tests.Sqs;

public sealed class FauxqsQueueTests(FauxqsEmulator emulator) : SqsPushQueueTests(emulator), IClassFixture<FauxqsEmulator>
{
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
