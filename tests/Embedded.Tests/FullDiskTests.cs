using System.Globalization;
using PushGateway.Groups;
using PushGateway.Queue;
using Xunit;

namespace PushGateway.Embedded.Tests;

public sealed class FullDiskTests : StoreFixture
{
    private static readonly string Large = new('x', 200_000);

    [Fact]
    public async Task A_queue_at_its_limit_refuses_and_takes_again_once_delivery_has_made_room()
    {
        Options = Options with { MaxBytes = 1_000_000 };
        await RestartAsync();
        var stored = 0;
        var refusal = await Assert.ThrowsAsync<QueueUnavailableException>(async () =>
        {
            for (; ; stored++)
            {
                await EnqueueAsync(Large);
            }
        });

        Assert.Contains("full", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(stored, 3, 5);
        await Store.Queue.CompleteAsync(await ReceiveAsync(), Cancellation);
        await Store.Checkpointer.FlushAsync();
        await EnqueueAsync(Large);
        await Store.Queue.CheckAsync(Cancellation);
    }

    [Fact]
    public async Task A_refused_push_does_not_take_others_in_its_commit_with_it()
    {
        Options = Options with { MaxBytes = 500_000 };
        await RestartAsync();
        var pushes = Enumerable.Range(0, 20).Select(i => EnqueueAsync(i % 2 == 0 ? new string('x', 600_000) : Number(i))).ToArray();
        await Task.WhenAll(pushes).ContinueWith(_ => { }, Cancellation, TaskContinuationOptions.None, TaskScheduler.Default);

        Assert.All(pushes.Where((_, i) => i % 2 == 0), push => Assert.IsType<QueueUnavailableException>(push.Exception?.InnerException));
        Assert.All(pushes.Where((_, i) => i % 2 == 1), push => Assert.True(push.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task A_full_disk_refuses_pushes_and_nothing_else_is_lost()
    {
        await EnqueueAsync("before");
        await LimitPagesAsync(1);

        var refusal = await Assert.ThrowsAsync<QueueUnavailableException>(() => EnqueueAsync(Large));
        Assert.Contains("full", refusal.Message, StringComparison.Ordinal);

        await LimitPagesAsync(1_000_000);
        await EnqueueAsync("after");
        Assert.Equal(["before", "after"], (await ReceiveAsync()).Select(Text));
    }

    [Fact]
    public async Task State_that_could_not_be_written_is_written_later()
    {
        await EnqueueAsync("a");
        await Store.Groups.ApplyAsync([TestGroup.Push("job/big", 1, new string('h', 100_000))], new GroupEffects { TellsSink = false }, Cancellation);
        await Store.Queue.CompleteAsync(await ReceiveAsync(), Cancellation);
        await LimitPagesAsync(1);
        await Store.Checkpointer.FlushAsync();
        Assert.IsType<QueueUnavailableException>(Assert.Single(Failures));
        var unready = await Assert.ThrowsAsync<QueueUnavailableException>(() => Store.Queue.CheckAsync(Cancellation).AsTask());
        Assert.Contains("cannot be recorded", unready.Message, StringComparison.Ordinal);

        await LimitPagesAsync(1_000_000);
        await Store.Checkpointer.FlushAsync();
        await Store.Queue.CheckAsync(Cancellation);

        await using var killed = OpenAsIfKilled();
        Assert.True(await IsEmptyAsync(killed));
        Assert.Equal(await TestGroup.DumpAsync(Store.Groups), await TestGroup.DumpAsync(killed.Groups));
    }

    [Fact]
    public async Task Check_fails_while_nothing_can_be_written()
    {
        await Store.Queue.CheckAsync(Cancellation);
        await Store.Writer.WriteAsync(new SqlRequest("PRAGMA query_only = ON"));
        await Assert.ThrowsAsync<QueueUnavailableException>(() => Store.Queue.CheckAsync(Cancellation).AsTask());

        await RestartAsync();
        await Store.Queue.CheckAsync(Cancellation);
    }

    [Fact]
    public async Task Check_fails_while_the_file_cannot_be_read()
    {
        for (var i = 0; i < 10; i++)
        {
            await EnqueueAsync(Large);
        }

        await RestartAsync();
        await Store.Queue.CheckAsync(Cancellation);
        using (var file = new FileStream(DatabasePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(4096);
        }

        var unready = await Assert.ThrowsAsync<QueueUnavailableException>(() => Store.Queue.CheckAsync(Cancellation).AsTask());
        Assert.Contains("cannot be read", unready.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_fails_while_nothing_can_be_added_though_rows_can_be_changed()
    {
        await LimitPagesAsync(1);
        var unready = await Assert.ThrowsAsync<QueueUnavailableException>(() => Store.Queue.CheckAsync(Cancellation).AsTask());
        Assert.Contains("full", unready.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_fails_while_the_queue_is_full()
    {
        Options = Options with { MaxBytes = 1 };
        await RestartAsync();
        await Assert.ThrowsAsync<QueueUnavailableException>(() => Store.Queue.CheckAsync(Cancellation).AsTask());
    }

    [Fact]
    public async Task Files_stay_small_while_much_passes_through()
    {
        const int mebibytes = 100;
        for (var i = 0; i < mebibytes * 5; i++)
        {
            await EnqueueAsync(Large);
            await Store.Queue.CompleteAsync(await ReceiveAsync(), Cancellation);
            await Store.Checkpointer.FlushAsync();
        }

        Assert.InRange(new FileInfo(DatabasePath).Length, 1, 4 * 1024 * 1024);
        Assert.InRange(new FileInfo(DatabasePath + "-wal").Length, 1, 20 * 1024 * 1024);
    }

    // SQLite answers a full file as it answers a full disk. A limit below the present size means the present size.
    private Task LimitPagesAsync(int pages) =>
        Store.Writer.WriteAsync(new SqlRequest(string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {pages}")));
}
