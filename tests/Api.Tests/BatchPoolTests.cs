using PushGateway.Api.Push;
using PushGateway.Model;
using Xunit;

namespace PushGateway.Api.Tests;

public sealed class BatchPoolTests
{
    [Fact]
    public void A_batch_comes_back_empty_and_as_small_as_before_a_giant_push()
    {
        var pool = new BatchPool();
        var shared = pool.Rent();
        var batch = shared.Batch;
        var usual = batch.RetainedBytes;
        for (var i = 0; i < 300_000; i++)
        {
            var name = batch.Symbols.Intern($"family_{i}");
            batch.AddSeries(batch.AddFamily(name), name, [new Label(name, name)], new Sample(i, i));
        }

        Assert.InRange(batch.RetainedBytes, 10 * usual, long.MaxValue);
        shared.Hold();
        shared.Release();
        Assert.False(batch.Series.IsEmpty);
        shared.Release();

        Assert.Same(batch, pool.Rent().Batch);
        Assert.True(batch.Series.IsEmpty);
        Assert.InRange(batch.RetainedBytes, 0, usual);
    }
}
