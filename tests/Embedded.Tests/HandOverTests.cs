using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;
using Xunit;

namespace PushGateway.Embedded.Tests;

/// <summary>The last pushes come from memory, as far as they fit, and all others from the file.</summary>
public sealed class HandOverTests : StoreFixture
{
    private int _returned;

    public override ValueTask InitializeAsync()
    {
        Options = Options with { MaxRecentBytes = 40_000 };
        return base.InitializeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_fits_every_message_comes_once_and_in_order(int seed)
    {
        var random = new Random(seed);
        var (stored, received, handedOver) = (0, new List<string>(), 0);
        while (stored < 2000)
        {
            for (var i = random.Next(30); i > 0; i--)
            {
                if (random.Next(3) > 0)
                {
                    Time.Advance(TimeSpan.FromMilliseconds(random.Next(3)));
                }

                await StoreAsync(Number(++stored), random.Next(4) == 0);
            }

            var budget = random.Next(1, 40);
            while (received.Count < stored && budget-- > 0)
            {
                foreach (var message in await ReceiveAsync(random.Next(1, 10)))
                {
                    received.Add(Text(message));
                    if (message.TryTakeAccepted(out var accepted))
                    {
                        handedOver++;
                        accepted.Batch.Release();
                    }
                }
            }
        }

        while (received.Count < stored)
        {
            received.AddRange((await ReceiveAsync()).Select(Text));
        }

        Assert.Equal(Enumerable.Range(1, stored).Select(Number), received);
        Assert.InRange(handedOver, 100, stored - 100);
    }

    [Fact]
    public async Task A_batch_is_given_back_when_its_push_was_taken()
    {
        await StoreAsync("a", shared: true);
        Assert.Equal(0, _returned);

        Assert.True(Assert.Single(await ReceiveAsync()).TryTakeAccepted(out var accepted));
        accepted.Batch.Release();
        Assert.Equal(1, _returned);
    }

    [Fact]
    public async Task A_batch_that_does_not_fit_is_given_back_at_once()
    {
        await StoreAsync(new string('x', 60_000), shared: true);
        Assert.Equal(1, _returned);
        Assert.False(Assert.Single(await ReceiveAsync()).TryTakeAccepted(out _));
    }

    private async Task StoreAsync(string body, bool shared)
    {
        if (!shared)
        {
            await Store.Queue.EnqueueAsync([Message(body)], Cancellation);
            return;
        }

        var batch = new SharedBatch(new MetricBatch(), _ => _returned++);
        var push = new BatchedPush(new PushHeader(PushOperation.Append, Group: null, 1), batch.Batch, default, default);
        await Store.Queue.EnqueueAsync([Message(body)], [push], batch, Cancellation);
        batch.Release();
    }
}
