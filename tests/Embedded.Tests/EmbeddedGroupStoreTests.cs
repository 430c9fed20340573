using System.Globalization;
using PushGateway.Groups;
using PushGateway.Push;
using PushGateway.Queue;
using Xunit;

namespace PushGateway.Embedded.Tests;

public sealed class EmbeddedGroupStoreTests : StoreFixture
{
    private long NowNs => (Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    [Fact]
    public async Task State_survives_a_restart_and_is_that_of_memory()
    {
        var memory = new MemoryGroupStore(GroupStoreOptions.Default, Time);
        for (var i = 0; i < 200; i++)
        {
            var path = i % 20 == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"job/j{i % 13}");
            var operation = (i % 7) switch { 0 => PushOperation.Delete, 1 => PushOperation.Replace, _ => PushOperation.Merge };
            var push = TestGroup.Push(path, NowNs + (i * 31 % 50), $"help {i % 3}", operation);
            memory.Apply(push, new GroupEffects { TellsSink = false });
            await Store.Groups.ApplyAsync([push], new GroupEffects { TellsSink = false }, Cancellation);
            if (i % 50 == 0)
            {
                await RestartAsync();
            }
        }

        await RestartAsync();

        var expected = await TestGroup.DumpAsync(memory);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await TestGroup.DumpAsync(Store.Groups));
    }

    [Fact]
    public async Task A_message_that_is_gone_has_left_its_state_behind()
    {
        for (var i = 0; i < 10; i++)
        {
            await EnqueueAsync(Number(i));
            var received = await ReceiveAsync();
            await Store.Groups.ApplyAsync([TestGroup.Push("job/" + Number(i), 1 + i)], new GroupEffects { TellsSink = false }, Cancellation);
            await Store.Queue.CompleteAsync(received, Cancellation);
            if (i % 3 == 0)
            {
                await Store.Checkpointer.FlushAsync();
            }

            await using var killed = OpenAsIfKilled();
            var applied = await TestGroup.DumpAsync(killed.Groups);
            var waiting = await IsEmptyAsync(killed) ? 0 : (i % 3);
            Assert.Equal(i + 1, applied.Count + waiting);
        }
    }

    [Fact]
    public async Task A_message_that_became_a_dead_letter_has_left_its_state_behind()
    {
        await EnqueueAsync("refused in part");
        var letter = new DeadLetter(Assert.Single(await ReceiveAsync()), new PushError(RejectCode.SinkRejected, "out of order"));
        await Store.Groups.ApplyAsync([TestGroup.Push("job/a", NowNs)], new GroupEffects { TellsSink = false }, Cancellation);

        await Store.Queue.DeadLetterAsync([letter], Cancellation);

        await using var killed = OpenAsIfKilled();
        Assert.True(await IsEmptyAsync(killed));
        Assert.Single(await TestGroup.DumpAsync(killed.Groups));
    }

    [Fact]
    public async Task State_that_was_stored_by_a_clock_an_hour_ahead_gives_way_to_pushes_at_once()
    {
        var now = NowNs;
        var ahead = now + (long)TimeSpan.FromHours(1).TotalNanoseconds;
        var sinkless = new GroupEffects { TellsSink = false };
        await Store.Groups.ApplyAsync(
            [
                TestGroup.Push("job/a", ahead),
                TestGroup.Push("job/b", ahead),
                TestGroup.Push(null, ahead),
                TestGroup.Push("job/c", ahead + 100, operation: PushOperation.Delete),
            ],
            sinkless,
            Cancellation);
        await RestartAsync();

        await Store.Groups.ApplyAsync(
            [
                TestGroup.Push("job/a", now, "now"),
                TestGroup.Push("job/b", now, operation: PushOperation.Delete),
                TestGroup.Push(null, now, "now"),
                TestGroup.Push("job/c", now, "now"),
            ],
            sinkless,
            Cancellation);

        Assert.Equal(
            ["now job/a", "now job/c", "now none"],
            (await TestGroup.DumpAsync(Store.Groups)).Select(line => string.Join(' ', line.Split(' ').Take(2))));
    }

    [Fact]
    public async Task Expired_series_and_forgotten_groups_leave_the_file()
    {
        await Store.Groups.ApplyAsync([TestGroup.Push(null, NowNs), TestGroup.Push("job/a", NowNs, operation: PushOperation.Delete)], new GroupEffects { TellsSink = false }, Cancellation);
        await Store.Checkpointer.FlushAsync();
        Assert.Equal(2, await CountAsync("group_state"));
        Assert.Single(await TestGroup.DumpAsync(Store.Groups));

        Time.Advance(Options.Groups.UngroupedHold);
        Assert.Empty(await TestGroup.DumpAsync(Store.Groups));
        await Store.Checkpointer.FlushAsync();
        Assert.Equal(1, await CountAsync("group_state"));

        Time.Advance(Options.Groups.TombstoneRetention);
        await Store.Checkpointer.FlushAsync();
        Assert.Equal(0, await CountAsync("group_state"));
    }
}
