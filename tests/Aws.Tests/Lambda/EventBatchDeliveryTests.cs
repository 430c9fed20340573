using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Aws.Lambda.Events;
using PushGateway.Aws.Sqs;
using PushGateway.Aws.Tests.Sqs;
using PushGateway.Delivery;
using PushGateway.Groups;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Sinks;
using PushGateway.Testing;
using Xunit;
using SqsQueueOptions = PushGateway.Aws.Sqs.SqsQueueOptions;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>What an invocation reports when something around the delivery fails.</summary>
public sealed class EventBatchDeliveryTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly RecordingObserver _observer = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_delivered_is_reported_in_time_while_the_group_store_does_not_confirm()
    {
        var groups = new HangingGroups(new MemoryGroupStore(GroupStoreOptions.Default, _time));
        var sink = new RecordingSink((_, _) => ValueTask.FromResult(SinkResult.Delivered));
        var handler = new BatchHandler(sink, groups, PushLimits.Default, new DeliveryOptions(), _time);
        using var queue = Open(_ => throw new InvalidOperationException("nobody calls SQS"));
        var delivery = new EventBatchDelivery(queue, handler, _observer, _time);
        Assert.Empty(await delivery.DeliverAsync([Text("put", "a 1\nb 1\n", "job/g")], TimeSpan.FromSeconds(10)));
        _time.Advance(TimeSpan.FromSeconds(1));

        var delivering = delivery.DeliverAsync(
            [Text("replace", "a 2\n", "job/g", "replace"), Text("other", "c 1\n")], TimeSpan.FromSeconds(10)).AsTask();
        await groups.Confirming.WaitAsync(Poll.DefaultDeadline, Cancellation);
        _time.Advance(TimeSpan.FromSeconds(8.5));
        Assert.False(delivering.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.25));

        Assert.Equal(["replace"], await delivering.WaitAsync(Poll.DefaultDeadline, Cancellation));
        Assert.Contains("c 1", string.Join('\n', sink.Stored), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_that_nobody_foresaw_fails_only_what_it_concerns()
    {
        var sink = new RecordingSink((name, _) => name == "bad" ? throw new NotSupportedException("unforeseen") : ValueTask.FromResult(SinkResult.Delivered));
        var handler = new BatchHandler(sink, null, PushLimits.Default, new DeliveryOptions(), TimeProvider.System);
        using var queue = Open(_ => throw new NotSupportedException("no client"));
        var delivery = new EventBatchDelivery(queue, handler, _observer, TimeProvider.System);

        var failed = await delivery.DeliverAsync(
            [Text("good", "good 1\n"), Text("letter", "{}{}"), Text("bad", "bad 1\n")], TimeSpan.FromSeconds(20));

        Assert.Equal(["bad", "letter"], failed.Order(StringComparer.Ordinal));
        Assert.Contains("no client", Assert.Single(_observer.Exceptions).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pushes.fifo", "bad", "behind", "letter")]
    [InlineData("pushes", "bad")]
    public async Task On_a_fifo_queue_everything_of_a_group_behind_a_failed_message_comes_again(string name, params string[] expected)
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, request) => ScriptedSqs.Answer(request, false, ""));
        var sink = new RecordingSink((metric, _) => metric == "bad" ? throw new InvalidOperationException("a bug") : ValueTask.FromResult(SinkResult.Delivered));
        var handler = new BatchHandler(sink, null, PushLimits.Default, new DeliveryOptions(), TimeProvider.System);
        using var queue = Open(sqs, name);
        var delivery = new EventBatchDelivery(queue, handler, _observer, TimeProvider.System);

        var failed = await delivery.DeliverAsync(
            [
                Text("before", "before 1\n", messageGroup: "g"),
                Text("bad", "bad 1\n", messageGroup: "g"),
                Text("other", "other 1\n", messageGroup: "h"),
                Text("behind", "behind 1\n", messageGroup: "g"),
                Text("letter", "{}{}", messageGroup: "g"),
            ],
            TimeSpan.FromSeconds(20));

        Assert.Equal(expected, failed.Order(StringComparer.Ordinal));
        Assert.Equal(expected.Contains("letter") ? 0 : 1, _observer.Letters.Count);
    }

    [Fact]
    public async Task On_a_fifo_queue_a_letter_that_cannot_be_sent_holds_up_its_group()
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, _) => ScriptedSqs.Error(403, "AccessDeniedException"));
        var sink = new RecordingSink((_, _) => ValueTask.FromResult(SinkResult.Delivered));
        var handler = new BatchHandler(sink, null, PushLimits.Default, new DeliveryOptions(), TimeProvider.System);
        using var queue = Open(sqs, "pushes.fifo");
        var delivery = new EventBatchDelivery(queue, handler, _observer, TimeProvider.System);

        var failed = await delivery.DeliverAsync(
            [Text("before", "a 1\n", messageGroup: "g"), Text("letter", "{}{}", messageGroup: "g"), Text("behind", "b 1\n", messageGroup: "g"), Text("other", "c 1\n", messageGroup: "h")],
            TimeSpan.FromSeconds(20));

        Assert.Equal(["behind", "letter"], failed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_has_waited_longest_is_given_back_first_and_the_answer_is_in_time()
    {
        const int Count = 10_000;
        var given = new ConcurrentQueue<string>();
        var started = _time.GetUtcNow();

        // Eight calls are under way at a time, and each takes 20 ms.
        await using var sqs = await ScriptedSqs.StartAsync((action, request) =>
        {
            Assert.Equal("ChangeMessageVisibilityBatch", action);
            foreach (var entry in request["Entries"]!.AsArray())
            {
                given.Enqueue((string)entry!["ReceiptHandle"]!);
            }

            lock (given)
            {
                _time.Advance(TimeSpan.FromMilliseconds(2.5));
            }

            return ScriptedSqs.Answer(request, false, "");
        });
        var sending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sink = new RecordingSink(async (_, token) =>
        {
            sending.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return SinkResult.Delivered;
        });
        using var queue = Open(sqs, "pushes");
        var delivery = new EventBatchDelivery(queue, new BatchHandler(sink, null, PushLimits.Default, new DeliveryOptions(), _time), _observer, _time);

        // The later in the event, the older.
        var delivering = delivery.DeliverAsync(
            [.. Enumerable.Range(0, Count).Select(i => Text($"{i}", "a 1\n", age: TimeSpan.FromSeconds(i), receipt: $"{i}"))], TimeSpan.FromSeconds(20)).AsTask();
        await sending.Task.WaitAsync(Poll.DefaultDeadline, Cancellation);
        _time.Advance(TimeSpan.FromSeconds(18.5));
        var failed = await delivering.WaitAsync(Poll.DefaultDeadline, Cancellation);

        Assert.Equal(Count, failed.Count);
        Assert.InRange(_time.GetUtcNow() - started, TimeSpan.FromSeconds(19), TimeSpan.FromSeconds(19.6));
        var ages = given.Select(int.Parse).ToHashSet();
        Assert.InRange(ages.Count, 1000, 5000);
        Assert.InRange(ages.Min(), Count - ages.Count - 200, Count - ages.Count);
    }

    private static SqsPushQueue Open(Func<SqsQueueUrl, IAmazonSQS> create, string name = "pushes") => new(
        new SqsQueueOptions { QueueUrl = $"http://sqs.local/123456789012/{name}", DeadLetterQueueUrl = $"http://sqs.local/123456789012/dead-{name}" },
        TimeProvider.System,
        create);

    private static SqsPushQueue Open(ScriptedSqs sqs, string name) => Open(
        _ => new AmazonSQSClient(
            new BasicAWSCredentials("key", "secret"), new AmazonSQSConfig { ServiceURL = sqs.Url, AuthenticationRegion = "eu-west-1", MaxErrorRetry = 0 }),
        name);

    private ReceivedMessage Text(
        string id, string body, string? group = null, string? operation = null, string? messageGroup = null, TimeSpan age = default, string? receipt = null)
    {
        var attributes = new Dictionary<string, MessageAttributeValue> { [MessageAttribute.ContentType] = new() { DataType = "String", StringValue = "text/plain" } };
        if (group is not null)
        {
            attributes[MessageAttribute.Group] = new() { DataType = "String", StringValue = group };
        }

        if (operation is not null)
        {
            attributes[MessageAttribute.Operation] = new() { DataType = "String", StringValue = operation };
        }

        var sent = (_time.GetUtcNow() - age).ToUnixTimeMilliseconds();
        return SqsEventMessage.Create(id, receipt, body, attributes, $"{sent}", "1", _time, messageGroup);
    }
}
