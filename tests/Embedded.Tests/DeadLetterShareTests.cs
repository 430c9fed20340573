using PushGateway.Push;
using PushGateway.Queue;
using Xunit;

namespace PushGateway.Embedded.Tests;

/// <summary>Dead letters have a share of the store, and pushes do not pay for them.</summary>
public sealed class DeadLetterShareTests : StoreFixture
{
    private const int MaxBytes = 3_000_000;
    private const int BodyBytes = 100_000;

    public override async ValueTask InitializeAsync()
    {
        Options = Options with { MaxBytes = MaxBytes };
        await base.InitializeAsync();
    }

    [Fact]
    public async Task However_many_there_are_pushes_are_taken_and_the_latest_dead_letters_stay()
    {
        for (var i = 0; i < 100; i++)
        {
            await EnqueueAsync(Body(i));
            await DeadLetterAllAsync();
        }

        Assert.InRange(Store.Queue.DeadLetterCount, 5, 7);
        CheckLatest(99);
        Assert.InRange(await UsedBytesAsync(), BodyBytes, MaxBytes);

        await RestartAsync();
        await EnqueueAsync(Body(100));
        CheckLatest(99);
    }

    [Fact]
    public async Task Small_dead_letters_stay_within_the_share_as_well()
    {
        for (var i = 0; i < 40; i++)
        {
            for (var j = 0; j < 100; j++)
            {
                _ = EnqueueAsync(Number((i * 100) + j) + new string('x', 300));
            }

            await EnqueueAsync("last");
            await DeadLetterAllAsync();
        }

        Assert.InRange(await UsedBytesAsync(), 1, MaxBytes / 4 * 1.2);
        Assert.InRange(Store.Queue.DeadLetterCount, 800, 3000);
    }

    [Fact]
    public async Task A_store_that_a_former_version_has_filled_with_dead_letters_takes_pushes_again()
    {
        await ChangeFileAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
            INSERT INTO dead_letters (id, sent_ms, attributes, body, code, reason, died_ms)
            SELECT i, 0, x'', zeroblob({BodyBytes}), 'sink-rejected', 'too old', {Time.Start.ToUnixTimeMilliseconds()} FROM n
            """);
        Open();

        await EnqueueAsync(Body(0));
        await Store.Queue.PurgeAsync();
        Assert.InRange(Store.Queue.DeadLetterCount, 5, 7);
        Assert.Equal(40, Store.Queue.ReadDeadLetters(1)[0].Id);
        await EnqueueAsync(Body(1));
        Assert.InRange(await UsedBytesAsync(), BodyBytes, MaxBytes);
    }

    [Fact]
    public async Task The_space_of_those_that_are_deleted_is_used_again()
    {
        for (var i = 0; i < 200; i++)
        {
            await EnqueueAsync(Body(i));
            await DeadLetterAllAsync();
        }

        await RestartAsync();
        Assert.InRange(new FileInfo(DatabasePath).Length, 1, MaxBytes);
    }

    [Fact]
    public async Task They_are_forgotten_after_two_weeks_without_another_one()
    {
        await EnqueueAsync("a");
        await DeadLetterAllAsync();
        Time.Advance(TimeSpan.FromDays(13));
        await Store.Writer.WriteAsync(new SqlRequest("SELECT 1"));
        Assert.Equal(1, Store.Queue.DeadLetterCount);

        Time.Advance(TimeSpan.FromDays(2));
        await Store.Writer.WriteAsync(new SqlRequest("SELECT 1"));
        Assert.Equal(0, Store.Queue.DeadLetterCount);
        Assert.Empty(Store.Queue.ReadDeadLetters(10));
    }

    [Fact]
    public async Task One_that_is_larger_than_the_share_is_kept_until_the_next()
    {
        Options = Options with { MaxBytes = 2_000_000 };
        await RestartAsync();
        await EnqueueAsync(new string('x', 900_000));
        await DeadLetterAllAsync();
        Assert.Equal(1, Store.Queue.DeadLetterCount);
        await EnqueueAsync(new string('y', 900_000));
        await DeadLetterAllAsync();
        Assert.Equal(1, Store.Queue.DeadLetterCount);
        await EnqueueAsync(new string('z', 900_000));
    }

    [Fact]
    public async Task A_disk_that_is_full_has_room_for_a_dead_letter_where_an_older_one_was()
    {
        for (var i = 0; i < 10; i++)
        {
            await EnqueueAsync(Body(i));
            await DeadLetterAllAsync();
        }

        await EnqueueAsync(Body(10));
        await Store.Writer.WriteAsync(new SqlRequest("PRAGMA max_page_count = 1"));
        await DeadLetterAllAsync();
        CheckLatest(10);
    }

    private void CheckLatest(int number) => Assert.StartsWith(
        Number(number), System.Text.Encoding.UTF8.GetString(Store.Queue.ReadDeadLetters(1)[0].Message.Body.Span), StringComparison.Ordinal);

    private static string Body(int i) => Number(i) + new string('x', BodyBytes);

    private async Task DeadLetterAllAsync()
    {
        var letters = (await ReceiveAsync()).Select(message => new DeadLetter(message, new PushError(RejectCode.SinkRejected, "too old")));
        await Store.Queue.DeadLetterAsync([.. letters], Cancellation);
    }

    private async Task<long> UsedBytesAsync()
    {
        var used = new SqlRequest(
            "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size");
        await Store.Writer.WriteAsync(used);
        return used.Result;
    }
}
