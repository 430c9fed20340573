using System.Globalization;
using FsCheck;
using FsCheck.Xunit;
using PushGateway.Push;
using PushGateway.Queue;
using Xunit;

namespace PushGateway.Embedded.Tests;

public sealed class EmbeddedPushQueueTests : StoreFixture
{
    [Fact]
    public async Task What_concurrent_callers_enqueue_comes_out_whole_and_in_each_callers_order()
    {
        const int callers = 8;
        const int each = 400;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(
            async () =>
            {
                for (var i = 0; i < each; i++)
                {
                    await EnqueueAsync(string.Create(CultureInfo.InvariantCulture, $"{caller}:{i}"));
                }
            },
            Cancellation)));

        var received = new List<string>();
        while (received.Count < callers * each)
        {
            received.AddRange((await ReceiveAsync(maxMessages: 100)).Select(Text));
        }

        Assert.True(await IsEmptyAsync());
        for (var caller = 0; caller < callers; caller++)
        {
            var prefix = string.Create(CultureInfo.InvariantCulture, $"{caller}:");
            Assert.Equal(
                Enumerable.Range(0, each).Select(i => prefix + Number(i)),
                received.Where(text => text.StartsWith(prefix, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_message_comes_out_with_its_attributes_and_the_time_it_was_taken()
    {
        var attributes = new Dictionary<string, string>
        {
            [MessageAttribute.ContentType] = "text/plain",
            [MessageAttribute.Group] = "job/büro",
            ["X-Other"] = "",
        };
        await Store.Queue.EnqueueAsync([new QueueMessage(new byte[] { 0, 255 }, attributes)], Cancellation);
        Time.Advance(TimeSpan.FromMinutes(1));

        var message = Assert.Single(await ReceiveAsync());

        Assert.Equal([0, 255], message.Message.Body.ToArray());
        Assert.Equal(attributes, message.Message.Attributes);
        Assert.Equal(Time.Start.ToUnixTimeMilliseconds(), message.SentMs);
    }

    [Property]
    public bool Attributes_of_any_name_and_value_are_kept(Dictionary<NonNull<string>, NonNull<string>> generated)
    {
        // Lone surrogates are not text.
        var attributes = generated.Where(pair => IsText(pair.Key.Get) && IsText(pair.Value.Get)).ToDictionary(pair => pair.Key.Get, pair => pair.Value.Get);
        return AttributeBlob.Decode(AttributeBlob.Encode(attributes)).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .SequenceEqual(attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_receiver_waits_for_the_first_message()
    {
        var receive = Store.Queue.PeekAsync(10, Cancellation).AsTask();
        Assert.False(receive.IsCompleted);

        await EnqueueAsync("late");

        Assert.Equal("late", Text(Assert.Single(await AdvanceUntilAsync(receive))));
    }

    [Fact]
    public async Task Messages_that_are_not_completed_come_again_after_a_restart_and_only_then()
    {
        await EnqueueAsync("a", "b", "c");
        var received = await ReceiveAsync();
        await Store.Queue.CompleteAsync([received[1]], Cancellation);
        Assert.True(await IsEmptyAsync());

        await RestartAsync();

        Assert.Equal(["a", "c"], (await ReceiveAsync()).Select(Text));
    }

    [Fact]
    public async Task Completed_messages_are_gone_for_good()
    {
        await EnqueueAsync("a", "b");
        await Store.Queue.CompleteAsync(await ReceiveAsync(), Cancellation);
        await Store.Checkpointer.FlushAsync();
        await using (var killed = OpenAsIfKilled())
        {
            Assert.True(await IsEmptyAsync(killed));
        }

        await RestartAsync();
        Assert.True(await IsEmptyAsync());
    }

    [Fact]
    public async Task Completion_is_written_without_a_shutdown()
    {
        await EnqueueAsync("a");
        await Store.Queue.CompleteAsync(await ReceiveAsync(), Cancellation);

        Time.Advance(TimeSpan.FromSeconds(1));

        // The writer takes requests in order: what the timer posted comes before this.
        var count = new SqlRequest("SELECT count(*) FROM messages");
        await Store.Writer.WriteAsync(count);
        Assert.Equal(0, count.Result);
    }

    [Fact]
    public async Task New_messages_are_found_after_the_queue_was_empty()
    {
        for (var i = 0; i < 3; i++)
        {
            await EnqueueAsync(Number(i));
            await Store.Queue.CompleteAsync(await ReceiveAsync(), Cancellation);
            await Store.Checkpointer.FlushAsync();
        }

        await RestartAsync();
        await EnqueueAsync("after");
        Assert.Equal(["after"], (await ReceiveAsync()).Select(Text));
    }

    [Fact]
    public async Task What_was_looked_at_is_received_at_once_or_later_and_in_order()
    {
        await EnqueueAsync("a", "b");
        Assert.Equal(["a", "b"], (await PeekAsync(10)).Select(Text));
        await EnqueueAsync("c", "d");
        var last = await PeekAsync(10);
        Assert.Equal(["c", "d"], last.Select(Text));

        Assert.False(Store.Queue.TryReceivePeeked(), "a and b are to be received first");
        Assert.Equal(["a", "b", "c"], Store.Queue.ReceiveThrough(last[0], 10).Select(Text));
        Assert.Empty(Store.Queue.ReceiveThrough(last[0], 10));
        Assert.Equal(["d"], Store.Queue.ReceiveThrough(last[1], 10).Select(Text));

        await EnqueueAsync("e");
        Assert.Equal(["e"], (await PeekAsync(10)).Select(Text));
        Assert.True(Store.Queue.TryReceivePeeked());
        Assert.True(await IsEmptyAsync());
    }

    [Fact]
    public async Task What_an_earlier_process_may_have_sent_is_marked_and_nothing_else()
    {
        await EnqueueAsync("a", "b", "c", "d", "e", "f");
        var received = await ReceiveAsync();
        await Store.Queue.NoteSendingAsync([received[1], received[2], received[3]]);
        await Store.Queue.NoteSendingAsync([received[5]]);
        await Store.Queue.NoteUnsentAsync([received[2]]);
        await RestartAsync();
        await EnqueueAsync("g");

        Assert.Equal("b d f", await MarkedAsync());
    }

    [Fact]
    public async Task A_note_outlives_the_messages_before_and_behind_and_ends_with_its_own()
    {
        await EnqueueAsync("a", "b", "c", "d");
        var received = await ReceiveAsync();
        await Store.Queue.NoteSendingAsync(received);
        await Store.Queue.CompleteAsync([received[0], received[3]], Cancellation);
        await Store.Queue.DeadLetterAsync([new DeadLetter(received[1], new PushError(RejectCode.SinkRejected, "400"))], Cancellation);
        await RestartAsync();
        await EnqueueAsync("e");
        await RestartAsync();

        Assert.Equal("c", await MarkedAsync());
    }

    [Fact]
    public async Task The_ids_of_messages_that_are_gone_are_given_again_without_their_notes()
    {
        await EnqueueAsync("a", "b");
        await Store.Queue.NoteSendingAsync(await ReceiveAsync());
        await ChangeFileAsync("DELETE FROM messages WHERE id = 2");
        Open();
        await EnqueueAsync("c");
        await RestartAsync();

        Assert.Equal("a", await MarkedAsync());
    }

    [Fact]
    public async Task The_messages_of_a_millisecond_come_together_once_it_is_over()
    {
        foreach (var body in (string[])["a", "b", "c"])
        {
            await Store.Queue.EnqueueAsync([Message(body)], Cancellation);
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var early = Store.Queue.PeekAsync(1, end.Token).AsTask();
        Assert.False(early.IsCompleted, "more may be stored in this millisecond");
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => early);
        var received = await ReceiveAsync(maxMessages: 1);
        await EnqueueAsync("d");

        Assert.Equal(["a", "b", "c"], received.Select(Text));
        Assert.Equal(["d"], (await ReceiveAsync(maxMessages: 1)).Select(Text));
        Assert.Equal(received.Select(message => message.StoredNs).Order().Distinct(), received.Select(message => message.StoredNs));
    }

    [Fact]
    public async Task A_push_in_several_messages_has_one_time()
    {
        await EnqueueAsync("a", "b");
        Assert.Single((await ReceiveAsync()).Select(message => message.StoredNs).Distinct());
    }

    [Fact]
    public async Task Messages_of_the_first_version_are_received_with_the_times_of_their_senders()
    {
        await EnqueueAsync("a");
        await ChangeFileAsync("ALTER TABLE messages DROP COLUMN stored_ns");
        Change("DROP TABLE sent");
        Change("PRAGMA user_version = 1");
        Open();
        await EnqueueAsync("b");

        var received = await ReceiveAsync();
        Assert.Equal([("a", true), ("b", false)], received.Select(message => (Text(message), message.IsRedelivered)));
        Assert.Null(received[0].StoredNs);
        Assert.NotNull(received[1].StoredNs);
    }

    [Fact]
    public async Task A_receive_stops_at_a_few_mebibytes_and_the_next_goes_on()
    {
        var body = new string('x', 1024 * 1024);
        for (var i = 0; i < 10; i++)
        {
            await EnqueueAsync(body);
        }

        var first = await ReceiveAsync();
        Assert.InRange(first.Count, 5, 7);
        Assert.Equal(10 - first.Count, (await ReceiveAsync()).Count);
    }

    [Fact]
    public async Task Dead_letters_leave_the_queue_and_are_kept_with_their_reasons()
    {
        await Store.Queue.EnqueueAsync([new QueueMessage("poison"u8.ToArray(), new Dictionary<string, string> { ["k"] = "v" }), Message("good")], Cancellation);
        var received = await ReceiveAsync();
        Time.Advance(TimeSpan.FromSeconds(1));
        await Store.Queue.DeadLetterAsync([new DeadLetter(received[0], new PushError(RejectCode.JsonInvalid, "no JSON"))], Cancellation);
        await Store.Queue.CompleteAsync([received[1]], Cancellation);

        await RestartAsync();

        Assert.True(await IsEmptyAsync());
        Assert.Equal(1, Store.Queue.DeadLetterCount);
        var letter = Assert.Single(Store.Queue.ReadDeadLetters(10));
        Assert.Equal("poison"u8, letter.Message.Body.Span);
        Assert.Equal("v", letter.Message.Attributes["k"]);
        Assert.Equal((RejectCode.JsonInvalid, "no JSON"), (letter.Code, letter.Reason));
        Assert.InRange(letter.DiedMs - letter.SentMs, 1000, 1100);
    }

    [Fact]
    public async Task Dead_letters_are_listed_latest_first_and_not_twice()
    {
        await EnqueueAsync("a", "b", "c");
        var received = await ReceiveAsync();
        foreach (var message in received.Append(received[0]))
        {
            await Store.Queue.DeadLetterAsync([new DeadLetter(message, new PushError(RejectCode.SinkRejected, "400"))], Cancellation);
        }

        Assert.Equal(3, Store.Queue.DeadLetterCount);
        Assert.Equal(["c", "b"], Store.Queue.ReadDeadLetters(2).Select(letter => System.Text.Encoding.UTF8.GetString(letter.Message.Body.Span)));
    }

    [Fact]
    public async Task Dead_letters_are_forgotten_after_two_weeks()
    {
        await EnqueueAsync("a", "b");
        var received = await ReceiveAsync();
        await Store.Queue.DeadLetterAsync([new DeadLetter(received[0], new PushError(RejectCode.SinkRejected, "400"))], Cancellation);
        Time.Advance(TimeSpan.FromDays(15));
        await Store.Queue.DeadLetterAsync([new DeadLetter(received[1], new PushError(RejectCode.SinkRejected, "400"))], Cancellation);

        Assert.Equal(1, Store.Queue.DeadLetterCount);
        Assert.Equal("b"u8, Assert.Single(Store.Queue.ReadDeadLetters(10)).Message.Body.Span);
    }

    [Fact]
    public async Task A_full_wait_for_the_disk_stores_as_well()
    {
        Options = Options with { Synchronous = SynchronousMode.Full };
        await RestartAsync();
        await EnqueueAsync("a");
        await using var killed = OpenAsIfKilled();
        Assert.Equal(["a"], (await ReceiveAsync(store: killed)).Select(Text));
    }

    [Fact]
    public async Task After_disposal_pushes_are_refused_and_receivers_let_go()
    {
        var receive = Store.Queue.PeekAsync(1, Cancellation).AsTask();
        await Store.DisposeAsync();

        await Assert.ThrowsAsync<QueueUnavailableException>(() => receive.WaitAsync(Deadline, Cancellation));
        await Assert.ThrowsAsync<QueueUnavailableException>(() => EnqueueAsync("late"));
        Open();
    }

    private async Task<string> MarkedAsync() =>
        string.Join(' ', (await ReceiveAsync()).Where(message => message.IsRedelivered).Select(Text));

    private static bool IsText(string text) => text.EnumerateRunes().All(rune => rune != System.Text.Rune.ReplacementChar);
}
