using System.Text;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Aws.Sqs;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Testing;
using Xunit;
using SqsQueueOptions = PushGateway.Aws.Sqs.SqsQueueOptions;

namespace PushGateway.Aws.Tests.Sqs;

/// <summary>What becomes of a queue's work when SQS does a part of it, or nothing.</summary>
public sealed class SqsFailureTests
{
    private const string QueueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/pushes";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Entries_that_failed_are_sent_again_and_only_they()
    {
        var calls = 0;
        await using var sqs = await ScriptedSqs.StartAsync((_, request) => Interlocked.Increment(ref calls) switch
        {
            1 => ScriptedSqs.Answer(request, senderFault: false, "InternalError", "1", "3"),
            2 => ScriptedSqs.Answer(request, senderFault: false, "InternalError", "1"),
            _ => ScriptedSqs.Answer(request, senderFault: false, ""),
        });
        using var queue = Open(sqs.Url);

        await queue.EnqueueAsync([.. "abcde".Select(c => Message($"{c}"))], Cancellation);

        Assert.Equal(["abcde", "bd", "d"], sqs.Calls.Select(call => Bodies(call.Body)));
        Assert.Equal(["SendMessageBatch", "SendMessageBatch", "SendMessage"], sqs.Calls.Select(call => call.Action));
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    public async Task Entries_that_fail_for_good_are_reported_with_their_code(bool senderFault, int attempts)
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, request) => ScriptedSqs.Answer(request, senderFault, "SomeCode", "0", "1"));
        using var queue = Open(sqs.Url);

        var exception = await Assert.ThrowsAsync<QueueUnavailableException>(() =>
            queue.EnqueueAsync([Message("a"), Message("b"), Message("c")], Cancellation).AsTask());

        Assert.Equal("SQS failed 2 of 3 messages for queue pushes (SomeCode): because", exception.Message);
        Assert.Equal(attempts, sqs.Calls.Count);
    }

    [Fact]
    public async Task An_entry_that_the_answer_leaves_out_was_not_stored()
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, _) => (200, new JsonObject()));
        using var queue = Open(sqs.Url);

        var exception = await Assert.ThrowsAsync<QueueUnavailableException>(() => queue.EnqueueAsync([Message("a"), Message("b")], Cancellation).AsTask());
        Assert.Contains("no answer", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rest_is_deleted_when_a_part_fails()
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, request) => ((string)request["Entries"]![0]!["ReceiptHandle"]!) switch
        {
            "h0" => ScriptedSqs.Error(400, "RequestThrottled"),
            _ => ScriptedSqs.Answer(request, senderFault: true, "ReceiptHandleIsInvalid", "9"),
        });
        using var queue = Open(sqs.Url);

        await Assert.ThrowsAsync<QueueUnavailableException>(() => queue.CompleteAsync([.. Enumerable.Range(0, 30).Select(Received)], Cancellation).AsTask());

        Assert.Equal(
            ["h0", "h10", "h20"],
            sqs.Calls.Select(call => (string)call.Body["Entries"]![0]!["ReceiptHandle"]!).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_letter_that_was_not_stored_is_not_deleted()
    {
        await using var sqs = await ScriptedSqs.StartAsync((action, request) => action == "SendMessageBatch"
            ? ScriptedSqs.Answer(request, senderFault: true, "SomeCode", "1")
            : ScriptedSqs.Answer(request, senderFault: false, ""));
        using var queue = Open(sqs.Url);
        var letters = Enumerable.Range(0, 3).Select(i => new DeadLetter(Received(i), new PushError(RejectCode.Empty, "nothing"))).ToList();

        var exception = await Assert.ThrowsAsync<QueueUnavailableException>(() => queue.DeadLetterAsync(letters, Cancellation).AsTask());

        Assert.Contains("1 of 3 messages for queue dead", exception.Message, StringComparison.Ordinal);
        var deleted = Assert.Single(sqs.Calls, call => call.Action == "DeleteMessageBatch").Body;
        Assert.Equal(["h0", "h2"], deleted["Entries"]!.AsArray().Select(entry => (string)entry!["ReceiptHandle"]!));
    }

    [Fact]
    public async Task A_batch_limit_lower_than_ours_is_learnt()
    {
        await using var sqs = await ScriptedSqs.StartAsync((action, request) => action == "SendMessageBatch" && Bodies(request).Length > 2048
            ? ScriptedSqs.Error(400, "BatchRequestTooLong")
            : ScriptedSqs.Answer(request, senderFault: false, ""));
        using var queue = Open(sqs.Url, options => options with { MaxMessageBytes = 2048 });
        QueueMessage[] messages = [.. "abc".Select(c => Message(new string(c, 1000)))];

        await queue.EnqueueAsync(messages, Cancellation);
        Assert.Equal(["SendMessageBatch", "SendMessage", "SendMessage", "SendMessage"], sqs.Calls.Select(call => call.Action));
        await queue.EnqueueAsync(messages, Cancellation);
        Assert.Equal(["SendMessage", "SendMessageBatch"], sqs.Calls.Skip(4).Select(call => call.Action).Order());
    }

    [Fact]
    public async Task A_letter_that_cannot_be_cut_in_time_does_not_keep_the_others_in_the_queue()
    {
        using var deadline = new CancellationTokenSource();
        await using var sqs = await ScriptedSqs.StartAsync((action, request) =>
        {
            if (action == "SendMessage")
            {
                deadline.Cancel();
            }

            return action == "SendMessageBatch"
                ? ScriptedSqs.AnswerBecause(request, senderFault: true, "InvalidParameterValue", "Message must be shorter than 2 bytes.", "1")
                : ScriptedSqs.Answer(request, senderFault: false, "");
        });
        using var queue = Open(sqs.Url);
        var letters = Enumerable.Range(0, 3).Select(i => new DeadLetter(Received(i), new PushError(RejectCode.Empty, "nothing"))).ToList();

        var (safe, failure) = await queue.CopyToDeadLetterQueueAsync(letters, deadline.Token);

        Assert.Equal([letters[0], letters[2]], safe);
        Assert.Equal("SQS did not answer in time for queue dead.", failure?.Message);
    }

    [Fact]
    public async Task What_was_stored_before_a_failure_is_not_sent_a_second_time()
    {
        await using var sqs = await ScriptedSqs.StartAsync((action, request) => action == "SendMessageBatch"
            ? ScriptedSqs.Error(400, "BatchRequestTooLong")
            : Bodies(request)[0] == 'c' ? ScriptedSqs.Error(500, "InternalFailure") : ScriptedSqs.Answer(request, senderFault: false, ""));
        using var queue = Open(sqs.Url);

        await Assert.ThrowsAsync<QueueUnavailableException>(() => queue.EnqueueAsync([.. "abcd".Select(c => Message($"{c}"))], Cancellation).AsTask());

        Assert.Equal(["abcd", "a", "b", "c"], sqs.Calls.Select(call => Bodies(call.Body)));
    }

    [Fact]
    public async Task Letters_that_were_stored_one_by_one_before_a_failure_are_deleted()
    {
        var sends = 0;
        await using var sqs = await ScriptedSqs.StartAsync((action, request) => action switch
        {
            "SendMessageBatch" => ScriptedSqs.Error(400, "BatchRequestTooLong"),
            "SendMessage" when Interlocked.Increment(ref sends) == 3 => ScriptedSqs.Error(403, "AccessDeniedException"),
            _ => ScriptedSqs.Answer(request, senderFault: false, ""),
        });
        using var queue = Open(sqs.Url, options => options with { MaxMessageBytes = 2048 });
        var letters = Enumerable.Range(0, 4).Select(i => new DeadLetter(
            new ReceivedMessage($"m{i}", Message(new string('b', 1000)), 0, new SqsReceipt($"h{i}", new Dictionary<string, MessageAttributeValue>())),
            new PushError(RejectCode.Empty, "nothing"))).ToList();

        var exception = await Assert.ThrowsAsync<QueueUnavailableException>(() => queue.DeadLetterAsync(letters, Cancellation).AsTask());

        Assert.StartsWith("SQS refuses access to queue dead", exception.Message, StringComparison.Ordinal);
        Assert.Equal(3, sends);
        var deleted = Assert.Single(sqs.Calls, call => call.Action == "DeleteMessageBatch").Body;
        Assert.Equal(["h0", "h1"], deleted["Entries"]!.AsArray().Select(entry => (string)entry!["ReceiptHandle"]!));
    }

    [Theory]
    [InlineData(400, "QueueDoesNotExist", "SQS queue pushes does not exist")]
    [InlineData(400, "RequestThrottled", "SQS throttles queue pushes (")]
    [InlineData(400, "ThrottlingException", "SQS throttles queue pushes (")]
    [InlineData(403, "AccessDeniedException", "SQS refuses access to queue pushes (AccessDenied")]
    [InlineData(400, "KmsDisabled", "SQS failed for queue pushes (")]
    [InlineData(500, "InternalFailure", "SQS failed for queue pushes (InternalFailure): because")]
    public async Task An_error_is_told_in_a_sentence(int status, string code, string sentence)
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, _) => ScriptedSqs.Error(status, code));
        using var queue = Open(sqs.Url);

        var exception = await Assert.ThrowsAsync<QueueUnavailableException>(() => queue.EnqueueAsync([Message("a")], Cancellation).AsTask());
        Assert.StartsWith(sentence, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_told_in_a_sentence()
    {
        using var queue = Open($"http://127.0.0.1:{FreePort.Next()}");
        var exception = await Assert.ThrowsAsync<QueueUnavailableException>(() => queue.CheckAsync(Cancellation).AsTask());
        Assert.StartsWith("SQS cannot be reached for queue pushes: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_holds_for_a_while()
    {
        var healthy = false;
        await using var sqs = await ScriptedSqs.StartAsync((_, _) =>
            healthy ? (200, new JsonObject()) : ScriptedSqs.Error(403, "AccessDeniedException"));
        var time = new FakeTimeProvider();
        using var queue = Open(sqs.Url, time: time);

        await Assert.ThrowsAsync<QueueUnavailableException>(() => queue.CheckAsync(Cancellation).AsTask());
        healthy = true;
        await Assert.ThrowsAsync<QueueUnavailableException>(() => queue.CheckAsync(Cancellation).AsTask());
        Assert.Single(sqs.Calls);

        time.Advance(TimeSpan.FromSeconds(5));
        await queue.CheckAsync(Cancellation);
        await queue.CheckAsync(Cancellation);
        Assert.Equal(2, sqs.Calls.Count);
    }

    [Fact]
    public async Task What_was_received_survives_a_failure_while_gathering()
    {
        var calls = 0;
        await using var sqs = await ScriptedSqs.StartAsync((_, _) => Interlocked.Increment(ref calls) == 1
            ? HandOut("m")
            : ScriptedSqs.Error(403, "AccessDeniedException"));
        using var queue = Open(sqs.Url, options => options with { GatherTime = TimeSpan.FromMinutes(1) });

        var received = Assert.Single(await queue.ReceiveAsync(100, Cancellation));

        Assert.Equal(1_753_878_896_123, received.SentMs);
        Assert.False(received.IsRedelivered);
        Assert.Equal(2, sqs.Calls.Count);
        await Assert.ThrowsAsync<QueueUnavailableException>(() => queue.ReceiveAsync(100, Cancellation).AsTask());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_a_call_under_way_brings_after_cancellation_is_returned_and_no_further_call_is_made(int lastCall)
    {
        using var stop = new CancellationTokenSource();
        var calls = 0;
        await using var sqs = await ScriptedSqs.StartAsync((_, _) =>
        {
            var call = Interlocked.Increment(ref calls);
            if (call == lastCall)
            {
                stop.Cancel();
            }

            return HandOut($"m{call}");
        });
        using var queue = Open(sqs.Url, options => options with { GatherTime = TimeSpan.FromMinutes(1) });

        var received = await queue.ReceiveAsync(1000, stop.Token);

        Assert.Equal(Enumerable.Range(1, lastCall).Select(call => $"m{call}"), received.Select(message => message.Id));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.ReceiveAsync(1000, stop.Token).AsTask());
        Assert.Equal(lastCall, sqs.Calls.Count);
    }

    [Theory]
    [InlineData("1", false)]
    [InlineData("2", true)]
    [InlineData("1001", true)]
    public async Task A_message_that_was_received_before_says_so(string count, bool expected)
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, request) =>
        {
            Assert.Contains("ApproximateReceiveCount", request["MessageSystemAttributeNames"]!.AsArray().Select(name => (string?)name));
            return HandOut("m", count);
        });
        using var queue = Open(sqs.Url);

        Assert.Equal(expected, Assert.Single(await queue.ReceiveAsync(1, Cancellation)).IsRedelivered);
    }

    private static QueueMessage Message(string body) => new(Encoding.UTF8.GetBytes(body), new Dictionary<string, string>());

    private static ReceivedMessage Received(int index) =>
        new($"m{index}", Message("body"), 0, new SqsReceipt($"h{index}", new Dictionary<string, MessageAttributeValue>()));

    private static (int Status, JsonNode Body) HandOut(string id, string count = "1") => (200, JsonNode.Parse(
        $$$"""{"Messages":[{"MessageId":"{{{id}}}","ReceiptHandle":"h","Body":"a","MD5OfBody":"0cc175b9c0f1b6a831c399e269772661","Attributes":{"SentTimestamp":"1753878896123","ApproximateReceiveCount":"{{{count}}}"}}]}""")!);

    private static string Bodies(JsonNode request) => request["Entries"] is { } entries
        ? string.Concat(entries.AsArray().Select(entry => (string)entry!["MessageBody"]!))
        : (string)request["MessageBody"]!;

    private static SqsPushQueue Open(string serviceUrl, Func<SqsQueueOptions, SqsQueueOptions>? change = null, TimeProvider? time = null)
    {
        var options = new SqsQueueOptions { QueueUrl = QueueUrl, DeadLetterQueueUrl = QueueUrl.Replace("pushes", "dead", StringComparison.Ordinal) };
        var config = new AmazonSQSConfig { ServiceURL = serviceUrl, AuthenticationRegion = "eu-west-1", MaxErrorRetry = 0 };
        return new SqsPushQueue(
            change?.Invoke(options) ?? options, time ?? TimeProvider.System, _ => new AmazonSQSClient(new BasicAWSCredentials("test", "test"), config));
    }
}
