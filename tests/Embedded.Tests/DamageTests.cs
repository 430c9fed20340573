using System.Globalization;
using System.Text;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Embedded.Tests;

/// <summary>What cannot be read is set aside, and everything else goes on.</summary>
public sealed class DamageTests : StoreFixture
{
    private const int Rows = 400;

    private static readonly GroupEffectsFactory Effects = static () => new() { TellsSink = false };

    private delegate Groups.GroupEffects GroupEffectsFactory();

    [Theory]
    [InlineData("attributes = x'63'", "attributes")]
    [InlineData("attributes = x'01ffffffff'", "attributes")]
    [InlineData("attributes = x'00'", "attributes")]
    [InlineData("attributes = x'0105000000'", "attributes")]
    [InlineData("attributes = x'01ffffff7f61'", "attributes")]
    [InlineData("attributes = 'text'", "attributes")]
    [InlineData("body = 17", "body")]
    [InlineData("sent_ms = 'yesterday'", "time")]
    public async Task A_message_with_a_damaged_column_becomes_a_dead_letter(string damage, string column)
    {
        await EnqueueAsync("a");
        await EnqueueAsync("b");
        await EnqueueAsync("c");
        await ChangeFileAsync($"UPDATE messages SET {damage} WHERE id = 2");
        Open();

        // Both cursors pass the damaged one.
        Assert.Equal("a", Text(Assert.Single(await Store.Queue.PeekAsync(1, Cancellation))));
        var last = Assert.Single(await Store.Queue.PeekAsync(10, Cancellation));
        Assert.Equal(["a", "c"], Store.Queue.ReceiveThrough(last, 10).Select(Text));
        Assert.Equal(2, Store.Queue.Backlog.Messages);
        await Store.Checkpointer.FlushAsync();

        Assert.Equal(1, Store.Queue.DeadLetterCount);
        var letter = Assert.Single(Store.Queue.ReadDeadLetters(10));
        Assert.Equal("storage-damaged", letter.Code);
        Assert.Contains(column, letter.Reason, StringComparison.Ordinal);
        Assert.Equal(column == "body" ? "17" : "b", Encoding.UTF8.GetString(letter.Message.Body.Span));
        Assert.Equal(2, await CountAsync("messages"));
        Assert.Contains("message 2", Assert.Single(Damages), StringComparison.Ordinal);

        await RestartAsync();
        Assert.Equal(["a", "c"], (await ReceiveAsync()).Select(Text));
        Assert.Equal(1, Store.Queue.DeadLetterCount);
        Assert.Single(Damages);
    }

    [Fact]
    public async Task A_damaged_message_that_cannot_be_moved_yet_is_passed_and_moved_later()
    {
        await EnqueueAsync("a", "b", "c");
        await ChangeFileAsync("UPDATE messages SET attributes = x'63' WHERE id = 1");
        Open();
        await Store.Writer.WriteAsync(new SqlRequest("PRAGMA query_only = ON"));
        Assert.Equal(["b", "c"], (await ReceiveAsync()).Select(Text));
        await Store.Checkpointer.FlushAsync();
        Assert.NotEmpty(Failures);
        Assert.Equal(0, Store.Queue.DeadLetterCount);

        await RestartAsync();
        Assert.Equal(["b", "c"], (await ReceiveAsync()).Select(Text));
        await Store.Checkpointer.FlushAsync();
        Assert.Equal(1, Store.Queue.DeadLetterCount);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(200, false)]
    [InlineData(Rows, false)]
    [InlineData(1, true)]
    [InlineData(200, true)]
    [InlineData(Rows, true)]
    public async Task A_damaged_page_of_messages_costs_only_what_was_on_it(int victim, bool whileOpen)
    {
        for (var i = 1; i <= Rows; i++)
        {
            await EnqueueAsync(Body(i));
        }

        await OpenDamagedAsync(Body(victim), whileOpen);

        await EnqueueUntilAcceptedAsync("new");
        var received = new List<ReceivedMessage>();
        while (received.Count == 0 || Text(received[^1]) != "new")
        {
            received.AddRange(await ReceiveAsync(maxMessages: 50));
        }

        var found = received.Select(Text).ToHashSet();
        var lost = Enumerable.Range(1, Rows).Where(i => !found.Contains(Body(i))).ToList();
        Assert.Contains(victim, lost);
        Assert.InRange(lost.Count, 1, 8);
        var letter = Assert.Single(Store.Queue.ReadDeadLetters(10));
        Assert.Equal("storage-damaged", letter.Code);
        Assert.Equal(1, Store.Queue.DeadLetterCount);
        Assert.Single(Damages);

        await Store.Queue.CompleteAsync(received, Cancellation);
        await Store.Checkpointer.FlushAsync();
        Assert.Equal(0, await CountAsync("messages"));
        await Store.Queue.CheckAsync(Cancellation);
        await RestartAsync();
        await EnqueueAsync("last");
        Assert.Equal(["last"], (await ReceiveAsync()).Select(Text));
        Assert.Equal(1, Store.Queue.DeadLetterCount);
        Assert.Single(Damages);
    }

    [Fact]
    public async Task Damaged_group_state_becomes_a_dead_letter_and_the_other_groups_are_kept()
    {
        await Store.Groups.ApplyAsync([TestGroup.Push("job/a", 1), TestGroup.Push("job/b", 2), TestGroup.Push("job/c", 3)], Effects(), Cancellation);
        await Store.Checkpointer.FlushAsync();
        await ChangeFileAsync("UPDATE group_state SET row = substr(row, 1, length(row) - 9) WHERE id = 2");
        Open();

        Assert.Equal(["help job/a", "help job/c"], await GroupsAsync());
        var letter = Assert.Single(Store.Queue.ReadDeadLetters(10));
        Assert.Equal("storage-damaged", letter.Code);
        Assert.NotEqual(0, letter.Message.Body.Length);
        Assert.Contains("group", letter.Reason, StringComparison.Ordinal);
        Assert.Equal(1, Store.Queue.DeadLetterCount);
        Assert.Single(Damages);

        await Store.Groups.ApplyAsync([TestGroup.Push("job/d", 4)], Effects(), Cancellation);
        await RestartAsync();
        Assert.Equal(["help job/a", "help job/c", "help job/d"], await GroupsAsync());
        Assert.Single(Damages);
    }

    [Theory]
    [InlineData("x'0105'")]
    [InlineData("x''")]
    [InlineData("x'09'")]
    [InlineData("'text'")]
    public async Task A_row_that_is_no_group_state_becomes_a_dead_letter(string row)
    {
        await ChangeFileAsync($"INSERT INTO group_state (id, row) VALUES (1, {row})");
        Open();
        Assert.Equal("storage-damaged", Assert.Single(Store.Queue.ReadDeadLetters(10)).Code);
        Assert.Equal(0, await CountAsync("group_state"));
    }

    [Fact]
    public async Task A_flipped_byte_anywhere_in_group_state_leaves_a_store_that_works()
    {
        await Store.Groups.ApplyAsync([TestGroup.Push("job/a/b/c", 1), TestGroup.Push(null, 2)], Effects(), Cancellation);
        await Store.Checkpointer.FlushAsync();
        var length = 0L;
        for (var id = 1; id <= 2; id++)
        {
            var ask = new SqlRequest(string.Create(CultureInfo.InvariantCulture, $"SELECT length(row) FROM group_state WHERE id = {id}"));
            await Store.Writer.WriteAsync(ask);
            length = ask.Result;
            for (var i = 1; i <= length; i++)
            {
                foreach (var bytes in (string[])["00", "ff"])
                {
                    await using var copy = OpenCopy(string.Create(
                        CultureInfo.InvariantCulture, $"UPDATE group_state SET row = CAST(substr(row, 1, {i - 1}) || x'{bytes}' || substr(row, {i + 1}) AS BLOB) WHERE id = {id}"));
                    await TestGroup.DumpAsync(copy.Groups);
                    await copy.Groups.ApplyAsync([TestGroup.Push("job/a/b/c", 10), TestGroup.Push(null, 20)], Effects(), Cancellation);
                    await TestGroup.DumpAsync(copy.Groups);
                }
            }
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(200, false)]
    [InlineData(Rows, false)]
    [InlineData(1, true)]
    [InlineData(200, true)]
    [InlineData(Rows, true)]
    public async Task A_damaged_page_of_group_state_costs_only_what_was_on_it(int victim, bool whileOpen)
    {
        for (var i = 1; i <= Rows; i++)
        {
            await Store.Groups.ApplyAsync([TestGroup.Push("job/" + Number(i), i, Body(i))], Effects(), Cancellation);
        }

        await OpenDamagedAsync(Body(victim), whileOpen);

        // While the store is open, it holds all groups, and writes them again.
        for (var i = 1; i <= Rows; i += 3)
        {
            await Store.Groups.ApplyAsync([TestGroup.Push("job/" + Number(i), Rows + i, "new")], Effects(), Cancellation);
        }

        await FlushUntilWrittenAsync();
        var expected = await TestGroup.DumpAsync(Store.Groups);
        Assert.InRange(expected.Count, whileOpen ? Rows : Rows - 16, whileOpen ? Rows : Rows - 1);
        Assert.InRange(Damages.Count, 1, 1);
        Assert.Equal(whileOpen ? 0 : 1, Store.Queue.DeadLetterCount);
        await EnqueueAsync("a push");

        await RestartAsync();
        Assert.Equal(expected, await TestGroup.DumpAsync(Store.Groups));
        Assert.Single(Damages);
    }

    [Fact]
    public async Task A_damaged_page_of_dead_letters_stops_nothing()
    {
        for (var i = 1; i <= Rows; i++)
        {
            await EnqueueAsync(Body(i));
        }

        await DeadLetterAsync(await ReceiveAsync());
        await OpenDamagedAsync($"No: {Body(Rows)[..5]}", whileOpen: false);

        await EnqueueAsync("last one");
        await DeadLetterAsync(await ReceiveAsync());
        Assert.InRange(Store.Queue.DeadLetterCount, Rows - 6, Rows);
        var letters = Store.Queue.ReadDeadLetters(Rows);
        Assert.Equal("last one", Encoding.UTF8.GetString(letters[0].Message.Body.Span));
        Assert.Equal("storage-damaged", letters[1].Code);
    }

    private Task DeadLetterAsync(IReadOnlyList<ReceivedMessage> messages) => Store.Queue.DeadLetterAsync(
        [.. messages.Select(message => new DeadLetter(message, new PushError(RejectCode.SinkRejected, "No: " + Text(message)[..5])))], Cancellation).AsTask();

    private async Task<List<string>> GroupsAsync() =>
        [.. (await TestGroup.DumpAsync(Store.Groups)).Select(line => string.Join(' ', line.Split(' ').Take(2)))];

    // A page that the writer finds damaged fails the commit in hand, once.
    private Task EnqueueUntilAcceptedAsync(string body) => Poll.UntilAsync(
        async _ =>
        {
            try
            {
                await EnqueueAsync(body);
                return true;
            }
            catch (QueueUnavailableException)
            {
                return false;
            }
        },
        "an accepted push",
        Deadline,
        Cancellation);

    private async Task FlushUntilWrittenAsync()
    {
        await Poll.UntilAsync(
            async _ =>
            {
                var before = Failures.Count;
                await Store.Checkpointer.FlushAsync();
                return Failures.Count == before;
            },
            "a checkpoint",
            Deadline,
            Cancellation);
        await Store.Checkpointer.FlushAsync();
    }

    [Fact]
    public async Task Without_readable_notes_every_message_may_have_been_sent()
    {
        await EnqueueAsync("a", "b");
        var page = new SqlRequest("SELECT rootpage FROM sqlite_schema WHERE name = 'sent'");
        await Store.Writer.WriteAsync(page);
        await Store.DisposeAsync();
        DamagePage(page.Result - 1);
        Open();

        Assert.All(await ReceiveAsync(), message => Assert.True(message.IsRedelivered));
        Assert.Contains("table sent", Assert.Single(Damages), StringComparison.Ordinal);
        Assert.Equal(0, Store.Queue.DeadLetterCount);
    }

    private async Task OpenDamagedAsync(string text, bool whileOpen)
    {
        await Store.DisposeAsync();
        if (whileOpen)
        {
            Open();
            await Store.Writer.WriteAsync(new SqlRequest("PRAGMA shrink_memory"));
            DamagePageOf(text);
        }
        else
        {
            DamagePageOf(text);
            Open();
        }
    }

    private static string Body(int i) => string.Create(CultureInfo.InvariantCulture, $"<{i}>") + new string('x', 900);

    private void DamagePageOf(string text)
    {
        var at = File.ReadAllBytes(DatabasePath).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text));
        Assert.NotEqual(-1, at);
        DamagePage(at / Database.PageBytes);
    }

    private void DamagePage(long page)
    {
        using var file = new FileStream(DatabasePath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = page * Database.PageBytes;
        file.Write(new byte[Database.PageBytes]);
    }
}
