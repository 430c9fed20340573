using System.Collections.Concurrent;
using System.Text;
using Amazon.SQS.Model;
using PushGateway.Aws.Sqs;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Testing;
using Xunit;
using EmulatorOptions = PushGateway.Testing.SqsQueueOptions;
using SqsQueueOptions = PushGateway.Aws.Sqs.SqsQueueOptions;

namespace PushGateway.Aws.Tests.Sqs;

/// <summary>What the queue promises, on each of the emulators.</summary>
public abstract class SqsPushQueueTests(IEmulator emulator)
{
    private static readonly PushError Reason = new(RejectCode.JsonInvalid, "expected a value\u0000, found \"ü\"");

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_arrives_as_it_was_sent()
    {
        var (source, queue) = await CreateAsync();
        using var _ = queue;
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var sent = new QueueMessage(
            "temperature{room=\"Küche\"} 21.5\n\t日本 <&>\r\n"u8.ToArray(),
            new Dictionary<string, string> { ["Content-Type"] = "text/plain; version=0.0.4", ["Push-Group"] = "job/Küche 🍳" });

        await queue.EnqueueAsync([sent], Cancellation);
        var received = Assert.Single(await queue.ReceiveAsync(10, Cancellation));

        Assert.Equal(sent.Body.ToArray(), received.Message.Body.ToArray());
        Assert.Equal(sent.Attributes, received.Message.Attributes);
        Assert.InRange(received.SentMs, before - 1000, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 1000);
        Assert.NotEmpty(received.Id);

        await queue.CompleteAsync([received], Cancellation);
        Assert.Equal(0, (await source.CountAsync(Cancellation)).Total);
    }

    [Fact]
    public async Task A_direct_producers_message_arrives_without_its_binary_attributes()
    {
        var (source, queue) = await CreateAsync();
        using var _ = queue;
        await (await emulator.StartAsync()).Client.SendMessageAsync(
            new SendMessageRequest(source.Url, "{}")
            {
                MessageAttributes = new()
                {
                    ["n"] = new() { DataType = "Number", StringValue = "12.50" },
                    ["b"] = new() { DataType = "Binary", BinaryValue = new MemoryStream([1, 2]) },
                },
            },
            Cancellation);

        var received = Assert.Single(await queue.ReceiveAsync(1, Cancellation));
        Assert.Equal(new Dictionary<string, string> { ["n"] = "12.50" }, received.Message.Attributes);
    }

    [Fact]
    public async Task Batches_of_mixed_sizes_arrive_whole()
    {
        var (_, queue) = await CreateAsync();
        using var __ = queue;
        var bodies = Enumerable.Range(0, 25).Select(i => $"{i:00} {new string((char)('a' + i), i % 4 * 80_000)}").ToList();

        await queue.EnqueueAsync([.. bodies.Select(Message)], Cancellation);

        Assert.Equal(bodies, (await ReceiveAllAsync(queue, bodies.Count)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Gathering_ends_with_an_empty_answer_or_its_time()
    {
        var (_, queue) = await CreateAsync(options => options with { GatherTime = TimeSpan.FromHours(1) });
        using var __ = queue;
        await queue.EnqueueAsync([.. Enumerable.Range(0, 12).Select(i => Message($"{i}"))], Cancellation);
        Assert.InRange((await queue.ReceiveAsync(1000, Cancellation)).Count, 1, 12);

        var (_, hasty) = await CreateAsync(options => options with { GatherTime = TimeSpan.Zero });
        using var ___ = hasty;
        await hasty.EnqueueAsync([.. Enumerable.Range(0, 12).Select(i => Message($"{i}"))], Cancellation);
        Assert.InRange((await hasty.ReceiveAsync(1000, Cancellation)).Count, 1, 10);
    }

    [Fact]
    public async Task An_empty_queue_gives_an_empty_list()
    {
        var (_, queue) = await CreateAsync(options => options with { WaitTime = TimeSpan.Zero });
        using var __ = queue;
        Assert.Empty(await queue.ReceiveAsync(1000, Cancellation));
        await queue.EnqueueAsync([], Cancellation);
        await queue.CompleteAsync([], Cancellation);
        await queue.AbandonAsync([], _ => TimeSpan.Zero, Cancellation);
        await queue.RenewAsync([], Cancellation);
        await queue.DeadLetterAsync([], Cancellation);
    }

    [Fact]
    public async Task A_receive_waits_for_the_first_message()
    {
        var (source, queue) = await CreateAsync(options => options with { WaitTime = SqsQueueOptions.LongestWait });
        using var _ = queue;
        var receive = queue.ReceiveAsync(10, Cancellation).AsTask();
        await source.SendAsync("late", cancellationToken: Cancellation);
        Assert.Equal(["late"], (await receive).Select(Body));
    }

    [Fact]
    public async Task A_receive_under_way_outlasts_its_cancellation()
    {
        var (source, queue) = await CreateAsync(options => options with { WaitTime = SqsQueueOptions.LongestWait });
        using var _ = queue;
        using var stop = new CancellationTokenSource();
        var receive = queue.ReceiveAsync(100, stop.Token).AsTask();
        await stop.CancelAsync();
        await source.SendAsync("late", cancellationToken: Cancellation);

        Assert.Equal(["late"], (await receive).Select(Body));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.ReceiveAsync(100, stop.Token).AsTask());
    }

    [Fact]
    public async Task Received_messages_are_hidden_until_abandoned()
    {
        var (source, queue) = await CreateAsync(options => options with { WaitTime = TimeSpan.Zero });
        using var _ = queue;
        await queue.EnqueueAsync([.. Enumerable.Range(0, 25).Select(i => Message($"{i}"))], Cancellation);
        var received = await GatherAsync(queue, 25);
        Assert.Empty(await queue.ReceiveAsync(10, Cancellation));

        await queue.AbandonAsync(received, _ => TimeSpan.Zero, Cancellation);
        Assert.Equal(new SqsCounts(25, 0, 0), await source.CountAsync(Cancellation));

        received = await GatherAsync(queue, 25);
        await queue.AbandonAsync(received, _ => TimeSpan.FromDays(1), Cancellation);
        Assert.Equal(new SqsCounts(0, 25, 0), await source.CountAsync(Cancellation));
    }

    [Fact]
    public async Task Hidden_messages_come_again_unless_renewed()
    {
        var (source, queue) = await CreateAsync(options => options with { WaitTime = TimeSpan.Zero, VisibilityTimeout = TimeSpan.FromSeconds(3) });
        using var _ = queue;

        // Renews for so long that it does not matter how often the test comes to it.
        using var patient = Open(await emulator.StartAsync(), new SqsQueueOptions { QueueUrl = source.Url, VisibilityTimeout = TimeSpan.FromMinutes(5) });
        await queue.EnqueueAsync([Message("renewed"), Message("left")], Cancellation);
        var received = await GatherAsync(queue, 2);
        var renewed = received.Single(message => Body(message) == "renewed");

        // The other one's coming again proves that the timeout has passed.
        var again = await Poll.UntilAsync(
            async token =>
            {
                await patient.RenewAsync([renewed], token);
                return await queue.ReceiveAsync(10, token);
            },
            messages => messages.Count > 0,
            "the message that was not renewed",
            cancellationToken: Cancellation);
        Assert.Equal(["left"], again.Select(Body));
        await queue.RenewAsync([renewed], Cancellation);

        Assert.Equal(
            ["renewed"],
            (await Poll.UntilAsync(
                token => queue.ReceiveAsync(10, token).AsTask(),
                messages => messages.Any(message => Body(message) == "renewed"),
                "the message that is renewed no more",
                cancellationToken: Cancellation)).Select(Body).Where(body => body == "renewed"));
    }

    [Fact]
    public async Task The_visibility_timeout_is_the_queues_own()
    {
        var (_, queue) = await CreateAsync(visibilityTimeout: TimeSpan.FromSeconds(77));
        using var __ = queue;
        Assert.Equal(TimeSpan.FromSeconds(77), await queue.GetVisibilityTimeoutAsync(Cancellation));
        await queue.EnqueueAsync([Message("x")], Cancellation);
        await queue.RenewAsync(await queue.ReceiveAsync(1, Cancellation), Cancellation);
    }

    [Fact]
    public async Task A_message_that_is_gone_is_neither_renewed_nor_given_back()
    {
        var (_, queue) = await CreateAsync();
        using var __ = queue;
        await queue.EnqueueAsync([Message("x")], Cancellation);
        var received = await queue.ReceiveAsync(1, Cancellation);
        await queue.CompleteAsync(received, Cancellation);

        await queue.RenewAsync(received, Cancellation);
        await queue.AbandonAsync(received, _ => TimeSpan.Zero, Cancellation);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dead_letter_takes_body_attributes_reason_and_time_along(bool byRedrivePolicy)
    {
        var endpoint = await emulator.StartAsync();
        var (source, dead) = await endpoint.CreateQueueWithDeadLettersAsync(maxReceiveCount: 100, cancellationToken: Cancellation);
        if (!byRedrivePolicy)
        {
            source = await endpoint.CreateQueueAsync(cancellationToken: Cancellation);
        }

        using var queue = Open(endpoint, new SqsQueueOptions { QueueUrl = source.Url, DeadLetterQueueUrl = byRedrivePolicy ? null : dead.Url });
        var attributes = new Dictionary<string, string> { ["Content-Type"] = "text/plain" };
        await queue.EnqueueAsync(
            [.. Enumerable.Range(0, 12).Select(i => Message($"poison {i}") with { Attributes = attributes })],
            Cancellation);
        await queue.EnqueueAsync([Message("healthy")], Cancellation);
        var received = await GatherAsync(queue, 13);
        var poison = received.Where(message => Body(message) != "healthy").ToList();

        await queue.DeadLetterAsync([.. poison.Select(message => new DeadLetter(message, Reason))], Cancellation);

        Assert.Equal(1, (await source.CountAsync(Cancellation)).Total);
        var letters = await dead.DrainAsync(Cancellation);
        Assert.Equal(poison.Select(Body).Order(), letters.Select(letter => letter.Body).Order());
        Assert.All(letters, letter =>
        {
            var original = poison.Single(message => Body(message) == letter.Body);
            Assert.Equal("json-invalid: expected a value\ufffd, found \"ü\"", letter.MessageAttributes["Dead-Letter-Reason"].StringValue);
            Assert.Equal($"{original.SentMs}000000", letter.MessageAttributes["Push-Time"].StringValue);
            Assert.Equal("text/plain", letter.MessageAttributes["Content-Type"].StringValue);
            Assert.Equal(3, letter.MessageAttributes.Count);
        });
    }

    [Fact]
    public async Task A_dead_letter_keeps_attributes_of_other_types()
    {
        var endpoint = await emulator.StartAsync();
        var (source, dead) = await endpoint.CreateQueueWithDeadLettersAsync(cancellationToken: Cancellation);
        using var queue = Open(endpoint, new SqsQueueOptions { QueueUrl = source.Url });
        await endpoint.Client.SendMessageAsync(
            new SendMessageRequest(source.Url, "{}")
            {
                MessageAttributes = new()
                {
                    ["n"] = new() { DataType = "Number", StringValue = "12.50" },
                    ["b"] = new() { DataType = "Binary", BinaryValue = new MemoryStream([1, 2]) },
                },
            },
            Cancellation);

        await queue.DeadLetterAsync([.. (await queue.ReceiveAsync(1, Cancellation)).Select(message => new DeadLetter(message, Reason))], Cancellation);

        var letter = Assert.Single(await dead.DrainAsync(Cancellation));
        Assert.Equal("Number", letter.MessageAttributes["n"].DataType);
        Assert.Equal([1, 2], letter.MessageAttributes["b"].BinaryValue.ToArray());
    }

    [Fact]
    public async Task Without_a_dead_letter_queue_the_message_stays()
    {
        var (source, queue) = await CreateAsync();
        using var _ = queue;
        await queue.EnqueueAsync([Message("poison")], Cancellation);
        var received = await queue.ReceiveAsync(1, Cancellation);

        await Assert.ThrowsAsync<InvalidOperationException>(() => queue.DeadLetterAsync([new DeadLetter(received[0], Reason)], Cancellation).AsTask());
        Assert.Equal(new SqsCounts(0, 1, 0), await source.CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_message_stays_when_the_dead_letter_queue_does_not_take_it()
    {
        var endpoint = await emulator.StartAsync();
        var source = await endpoint.CreateQueueAsync(cancellationToken: Cancellation);
        using var queue = Open(endpoint, new SqsQueueOptions { QueueUrl = source.Url, DeadLetterQueueUrl = source.Url + "-missing" });
        await queue.EnqueueAsync([Message("poison")], Cancellation);
        var received = await queue.ReceiveAsync(1, Cancellation);

        await Assert.ThrowsAsync<QueueUnavailableException>(() => queue.DeadLetterAsync([new DeadLetter(received[0], Reason)], Cancellation).AsTask());
        Assert.Equal(1, (await source.CountAsync(Cancellation)).Total);
    }

    [Fact]
    public async Task A_missing_queue_is_unavailable_in_every_operation()
    {
        var endpoint = await emulator.StartAsync();
        var source = await endpoint.CreateQueueAsync(cancellationToken: Cancellation);
        using var queue = Open(endpoint, new SqsQueueOptions { QueueUrl = source.Url });
        await queue.EnqueueAsync([Message("x")], Cancellation);
        var received = await queue.ReceiveAsync(1, Cancellation);
        await endpoint.Client.DeleteQueueAsync(source.Url, Cancellation);

        Func<ValueTask>[] operations =
        [
            () => queue.EnqueueAsync([Message("y")], Cancellation),
            () => queue.EnqueueAsync([Message("y"), Message("z")], Cancellation),
            async () => await queue.ReceiveAsync(100, Cancellation),
            () => queue.CompleteAsync(received, Cancellation),
            () => queue.AbandonAsync(received, _ => TimeSpan.Zero, Cancellation),
            () => queue.RenewAsync(received, Cancellation),
            () => queue.DeadLetterAsync([new DeadLetter(received[0], Reason)], Cancellation),
            () => queue.CheckAsync(Cancellation),
            () => queue.CheckAsync(Cancellation),
        ];
        foreach (var operation in operations)
        {
            var exception = await Assert.ThrowsAsync<QueueUnavailableException>(() => operation().AsTask());
            Assert.Contains("does not exist", exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(SqsQueueOptions.DefaultMaxMessageBytes)]
    [InlineData(SqsQueueOptions.LargestMessageBytes)]
    public async Task A_message_may_fill_the_limit_to_the_byte(int maxBytes)
    {
        var endpoint = await emulator.StartAsync();
        var dead = await CreateQueueAsync(endpoint);
        var source = await CreateQueueAsync(endpoint);
        using var queue = Open(endpoint, new SqsQueueOptions { QueueUrl = source.Url, DeadLetterQueueUrl = dead.Url, MaxMessageBytes = maxBytes });
        var attributes = new Dictionary<string, string> { ["Content-Type"] = "text/plain" };
        var full = new QueueMessage(Encoding.UTF8.GetBytes(new string('é', (maxBytes - 28) / 2)), attributes);

        await queue.EnqueueAsync([full, full, full, full, full], Cancellation);
        var received = await GatherAsync(queue, 5);

        Assert.All(received, message => Assert.True(full.Body.Span.SequenceEqual(message.Message.Body.Span)));
        await queue.DeadLetterAsync([.. received.Select(message => new DeadLetter(message, Reason))], Cancellation);
        Assert.Equal(0, (await source.CountAsync(Cancellation)).Total);
        Assert.Equal(5, (await dead.CountAsync(Cancellation)).Total);

        var tooLarge = full with { Body = Encoding.UTF8.GetBytes(new string('b', maxBytes - 27)) };
        await Assert.ThrowsAnyAsync<ArgumentException>(() => queue.EnqueueAsync([tooLarge], Cancellation).AsTask());

        Task<SqsQueue> CreateQueueAsync(SqsEndpoint sqs) => sqs.CreateQueueAsync(
            options: new EmulatorOptions { Attributes = new Dictionary<string, string> { ["MaximumMessageSize"] = $"{maxBytes}" } },
            cancellationToken: Cancellation);
    }

    [Fact]
    public async Task Four_receivers_lose_nothing()
    {
        const int Count = 200;

        // What the emulator gave to two receivers comes again in time; from another one nothing may come again.
        var (source, queue) = await CreateAsync(
            options => options with { WaitTime = TimeSpan.FromSeconds(1) }, emulator.HandsOutTwice ? TimeSpan.FromSeconds(10) : null);
        using var _ = queue;
        var bodies = Enumerable.Range(0, Count).Select(i => $"{i:000}").ToList();
        var seen = new ConcurrentDictionary<string, int>();

        var receivers = Enumerable.Range(0, 4).Select(async _ =>
        {
            while (seen.Count < Count)
            {
                var received = await queue.ReceiveAsync(50, Cancellation);
                foreach (var message in received)
                {
                    seen.AddOrUpdate(Body(message), 1, (_, count) => count + 1);
                }

                try
                {
                    await queue.CompleteAsync(received, Cancellation);
                }
                catch (QueueUnavailableException) when (emulator.HandsOutTwice)
                {
                    // Another receiver has deleted one of them.
                }
            }
        });
        await Task.WhenAll([.. receivers, .. bodies.Chunk(50).Select(chunk => queue.EnqueueAsync([.. chunk.Select(Message)], Cancellation).AsTask())]);

        Assert.Equal(bodies, seen.Keys.Order(StringComparer.Ordinal));

        await Poll.UntilAsync(
            async token =>
            {
                await queue.CompleteAsync(await queue.ReceiveAsync(10, token), token);
                return (await source.CountAsync(token)).Total == 0;
            },
            "the queue to be empty",
            cancellationToken: Cancellation);
    }

    [Fact]
    public async Task A_fifo_queue_keeps_the_order_of_a_group_and_repeats_of_equal_pushes()
    {
        var endpoint = await emulator.StartAsync();
        var fifo = new EmulatorOptions { Attributes = new Dictionary<string, string> { ["FifoQueue"] = "true" } };
        var dead = await endpoint.CreateQueueAsync($"dead-{Guid.NewGuid():N}.fifo", fifo, Cancellation);
        var source = await endpoint.CreateQueueAsync($"pushes-{Guid.NewGuid():N}.fifo", fifo, Cancellation);
        using var queue = Open(endpoint, new SqsQueueOptions { QueueUrl = source.Url, DeadLetterQueueUrl = dead.Url, WaitTime = TimeSpan.FromSeconds(1) });
        var group = new Dictionary<string, string> { ["Push-Group"] = "job/backup" };

        await queue.EnqueueAsync([Message("same"), Message("same"), .. Enumerable.Range(0, 9).Select(i => Message($"{i}") with { Attributes = group })], Cancellation);

        var received = new List<ReceivedMessage>();
        while (received.Count < 11)
        {
            var some = await queue.ReceiveAsync(10, Cancellation);
            Assert.NotEmpty(some);
            received.AddRange(some);
            await queue.DeadLetterAsync([.. some.Select(message => new DeadLetter(message, Reason))], Cancellation);
        }

        Assert.Equal(2, received.Count(message => Body(message) == "same"));
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8"], received.Select(Body).Where(body => body != "same"));
        Assert.Equal(11, (await dead.CountAsync(Cancellation)).Total);
        Assert.Equal(0, (await source.CountAsync(Cancellation)).Total);
    }

    private protected static QueueMessage Message(string body) => new(Encoding.UTF8.GetBytes(body), new Dictionary<string, string>());

    private protected static string Body(ReceivedMessage message) => Encoding.UTF8.GetString(message.Message.Body.Span);

    private static SqsPushQueue Open(SqsEndpoint endpoint, SqsQueueOptions options) => new(options, TimeProvider.System, _ => endpoint.CreateClient());

    private protected static async Task<List<string>> ReceiveAllAsync(SqsPushQueue queue, int count) => [.. (await GatherAsync(queue, count)).Select(Body)];

    /// <summary>A receive may bring fewer than there are, and moto hands one message to two calls now and then.</summary>
    private protected static async Task<List<ReceivedMessage>> GatherAsync(SqsPushQueue queue, int count)
    {
        var gathered = new Dictionary<string, ReceivedMessage>();
        await Poll.UntilAsync(
            async token =>
            {
                foreach (var message in await queue.ReceiveAsync(count - gathered.Count, token))
                {
                    gathered[message.Id] = message;
                }

                return gathered.Count;
            },
            gatheredCount => gatheredCount == count,
            $"{count} messages",
            cancellationToken: Cancellation);
        return [.. gathered.Values];
    }

    private protected async Task<(SqsQueue Source, SqsPushQueue Queue)> CreateAsync(
        Func<SqsQueueOptions, SqsQueueOptions>? change = null, TimeSpan? visibilityTimeout = null)
    {
        var endpoint = await emulator.StartAsync();
        var source = await endpoint.CreateQueueAsync(
            options: new EmulatorOptions { VisibilityTimeout = visibilityTimeout ?? TimeSpan.FromMinutes(5) }, cancellationToken: Cancellation);
        var options = new SqsQueueOptions { QueueUrl = source.Url };
        return (source, Open(endpoint, change?.Invoke(options) ?? options));
    }
}
