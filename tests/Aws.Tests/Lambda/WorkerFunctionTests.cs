using System.Text;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Aws.Lambda;
using PushGateway.Aws.Lambda.Events;
using PushGateway.Aws.Sqs;
using PushGateway.Aws.Tests.Sqs;
using PushGateway.Buffers;
using PushGateway.Delivery;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Sinks;
using Xunit;
using SqsQueueOptions = PushGateway.Aws.Sqs.SqsQueueOptions;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>What the worker function makes of its events, above all: that a message is kept until it is delivered.</summary>
[Collection(LambdaTests.Name)]
public sealed class WorkerFunctionTests
{
    private const string Queue = "http://sqs.local/123456789012/my-queue";
    private const string Dead = "http://sqs.local/123456789012/my-queue-dead";

    private static readonly PushLimits Limits = new() { MaxSampleAge = TimeSpan.FromDays(36_500) };

    [Fact]
    public async Task An_sqs_event_is_delivered_and_what_cannot_be_read_goes_to_the_dead_letter_queue_with_its_reason()
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, request) => ScriptedSqs.Answer(request, false, ""));
        var sink = Taking();
        await using var function = await StartAsync(sink, sqs);

        var answer = await function.Api.InvokeAsync(GoldenEvent.Read("sqs"));

        Assert.Equal("""{"batchItemFailures":[]}""", Encoding.UTF8.GetString(answer.Body));
        Assert.Equal(["temperature 21.5 @1545082649183"], sink.Stored);
        var letter = Assert.Single(sqs.Calls);
        Assert.Equal("SendMessage", letter.Action);
        Assert.Equal(Dead, (string)letter.Body["QueueUrl"]!);
        Assert.Equal("not a record", (string)letter.Body["MessageBody"]!);
        Assert.StartsWith("json-invalid: ", (string)letter.Body["MessageAttributes"]!["Dead-Letter-Reason"]!["StringValue"]!, StringComparison.Ordinal);
        Assert.Equal("1545082650636000000", (string)letter.Body["MessageAttributes"]!["Push-Time"]!["StringValue"]!);
    }

    [Fact]
    public void A_message_is_read_with_its_attributes_and_a_dead_letter_keeps_the_binary_ones()
    {
        using var bodies = new PooledBuffer();
        var messages = SqsEventReader.Read(Encoding.UTF8.GetBytes(GoldenEvent.Read("sqs")), bodies, nowMs: 7);

        Assert.Equal("059f36b4-87a3-44ab-83d2-661975830a7d", messages[0].Id);
        Assert.Equal("""{"dimensions":{"room":"Küche"},"metrics":{"temperature":"21.5"}}""", Encoding.UTF8.GetString(messages[0].Message.Body.Span));
        Assert.Equal(new Dictionary<string, string> { ["myAttribute"] = "myValue", ["Number"] = "12.50" }, messages[0].Message.Attributes);
        Assert.Equal(1545082649183, messages[0].SentMs);
        var binary = ((SqsReceipt)messages[0].Receipt!).Attributes["Binary"];
        Assert.Equal("Binary", binary.DataType);
        Assert.Equal([1, 2, 3], binary.BinaryValue.ToArray());
        Assert.Equal("not a record", Encoding.UTF8.GetString(messages[1].Message.Body.Span));
    }

    [Fact]
    public async Task Of_a_batch_that_is_half_delivered_when_the_time_is_up_the_other_half_comes_again()
    {
        var sink = new RecordingSink(async (name, token) =>
        {
            if (name != "a")
            {
                await new TaskCompletionSource().Task.WaitAsync(token);
            }

            return SinkResult.Delivered;
        });
        await using var function = await StartAsync(sink);

        var answer = await function.Api.InvokeAsync(Messages("a", "b", "c"), TimeSpan.FromSeconds(8));

        Assert.Equal(["b", "c"], Failures(answer));
        Assert.Equal(["a 1 @1000"], sink.Stored);
    }

    [Fact]
    public async Task A_batch_that_another_host_has_read_is_delivered_in_the_time_that_is_left()
    {
        var sink = new RecordingSink(async (name, token) =>
        {
            if (name != "a")
            {
                await new TaskCompletionSource().Task.WaitAsync(token);
            }

            return SinkResult.Delivered;
        });
        await using var function = await StartAsync(sink);

        var failed = await function.Services.GetRequiredService<EventBatchDelivery>().DeliverAsync(
            [Read("a"), Read("b"), Read("c"), Read("c")],
            TimeSpan.FromSeconds(8));

        Assert.Equal(["b", "c"], failed.Order(StringComparer.Ordinal));
        Assert.Equal(["a 1 @1000"], sink.Stored);

        static ReceivedMessage Read(string name) => SqsEventMessage.Create(name, "r", Record(name), null, "2000", "1", TimeProvider.System);
    }

    [Theory]
    [InlineData("1545082649183", 1545082649183)]
    [InlineData("soon", 7)]
    [InlineData(null, 7)]
    public void A_message_that_another_host_has_read_is_of_the_time_that_SQS_took_it(string? sentTimestamp, long sentMs)
    {
        var attributes = new Dictionary<string, MessageAttributeValue>
        {
            ["Content-Type"] = new() { DataType = "String", StringValue = "text/plain" },
            ["Binary"] = new() { DataType = "Binary", BinaryValue = new MemoryStream([1]) },
        };

        var message = SqsEventMessage.Create("a", "r", "küche 1\n", attributes, sentTimestamp, receiveCount: null, new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(7)));

        Assert.Equal(("a", sentMs), (message.Id, message.SentMs));
        Assert.Equal("küche 1\n"u8, message.Message.Body.Span);
        Assert.Equal(new Dictionary<string, string> { ["Content-Type"] = "text/plain" }, message.Message.Attributes);
        Assert.Same(attributes, ((SqsReceipt)message.Receipt!).Attributes);
        Assert.Equal("r", ((SqsReceipt)message.Receipt!).Handle);
    }

    [Fact]
    public async Task A_batch_whose_time_is_up_before_it_began_comes_again_whole()
    {
        await using var function = await StartAsync(Taking());

        Assert.Equal(["a", "b"], Failures(await function.Api.InvokeAsync(Messages("a", "b"), TimeSpan.Zero)));
    }

    [Fact]
    public async Task A_sink_that_asks_for_patience_until_the_time_is_up_leaves_every_message()
    {
        var sink = new RecordingSink((_, _) => ValueTask.FromResult(SinkResult.Retry("busy", null)));
        await using var function = await StartAsync(sink);

        Assert.Equal(["a", "b"], Failures(await function.Api.InvokeAsync(Messages("a", "b"), TimeSpan.FromSeconds(2))));
    }

    [Fact]
    public async Task An_exception_in_the_sink_fails_only_its_message()
    {
        var sink = new RecordingSink((name, _) => name == "a" ? ValueTask.FromResult(SinkResult.Delivered) : throw new InvalidOperationException("a bug"));
        await using var function = await StartAsync(sink);

        Assert.Equal(["b"], Failures(await function.Api.InvokeAsync(Messages("a", "b"))));
    }

    [Fact]
    public async Task Dead_letters_that_cannot_be_sent_come_again_and_those_that_were_sent_do_not()
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, request) => ScriptedSqs.Answer(request, true, "InternalError", "1"));
        await using var function = await StartAsync(Taking(), sqs);

        var answer = await function.Api.InvokeAsync(Messages("a", ("x", "?"), ("y", "?"), ("z", "?")));

        Assert.Equal(["y"], Failures(answer));
        Assert.Equal(["SendMessageBatch", "ChangeMessageVisibilityBatch"], sqs.Calls.Select(call => call.Action));
    }

    [Fact]
    public async Task What_failed_comes_back_soon_and_what_is_old_a_little_later()
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, request) => ScriptedSqs.Answer(request, false, ""));
        var sink = new RecordingSink((name, _) => name == "a" ? ValueTask.FromResult(SinkResult.Delivered) : throw new InvalidOperationException("away"));
        await using var function = await StartAsync(sink, sqs);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var messages = new JsonArray([.. new[] { ("a", 0), ("old", 7_200_000), ("new", 0) }.Select(message =>
        {
            var record = Message(message.Item1, Record(message.Item1));
            record["receiptHandle"] = $"/{message.Item1}/";
            record["attributes"]!["SentTimestamp"] = $"{now - message.Item2}";
            return record;
        })]);

        Assert.Equal(["new", "old"], Failures(await function.Api.InvokeAsync(new JsonObject { ["Records"] = messages }.ToJsonString())));

        var call = Assert.Single(sqs.Calls);
        Assert.Equal("ChangeMessageVisibilityBatch", call.Action);
        var hidden = call.Body["Entries"]!.AsArray().ToDictionary(entry => (string)entry!["ReceiptHandle"]!, entry => (int)entry!["VisibilityTimeout"]!);
        Assert.Equal(["/new/", "/old/"], hidden.Keys.Order());
        Assert.Equal(10, hidden["/new/"]);
        Assert.InRange(hidden["/old/"], 360, 364);
    }

    [Fact]
    public async Task Without_a_dead_letter_queue_to_be_had_dead_letters_come_again()
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, _) => ScriptedSqs.Error(400, "AccessDeniedException"));
        await using var function = await StartAsync(Taking(), sqs);

        Assert.Equal(["x", "y"], Failures(await function.Api.InvokeAsync(Messages("a", ("x", "?"), ("y", "?")))));
    }

    [Fact]
    public async Task What_the_target_refuses_for_good_is_dead_lettered_with_the_targets_words()
    {
        await using var sqs = await ScriptedSqs.StartAsync((_, request) => ScriptedSqs.Answer(request, false, ""));
        var sink = new RecordingSink((name, _) => ValueTask.FromResult(name == "b" ? SinkResult.Rejected("out of order sample") : SinkResult.Delivered));
        await using var function = await StartAsync(sink, sqs);

        Assert.Empty(Failures(await function.Api.InvokeAsync(Messages("a", "b"))));
        Assert.Equal(
            "sink-rejected: out of order sample; refused: b{d=\"1\"} @1000",
            (string)Assert.Single(sqs.Calls).Body["MessageAttributes"]!["Dead-Letter-Reason"]!["StringValue"]!);
    }

    [Theory]
    [InlineData("""{"Records":[]}""", "it has no record")]
    [InlineData("""{"Records":null}""", "Records is not an array")]
    [InlineData("""{"Records":["x"]}""", "a record is not an object")]
    [InlineData("""{"Records":[{"eventSource":"aws:sqs","body":"{}"}]}""", "a record has no messageId")]
    [InlineData("""{"Records":[{"eventSource":"aws:sqs","messageId":"","body":"{}"}]}""", "a record has no messageId")]
    [InlineData("""{"Records":[{"eventSource":"aws:sqs","messageId":"a"}]}""", "record a has no body")]
    [InlineData("""{"Records":[{"eventSource":"aws:sqs","messageId":"a","body":null}]}""", "a record's body is not a string")]
    [InlineData("""{"Records":[{"eventSource":"aws:s3","messageId":"a","body":"{}"}]}""", "a record is of the source \"aws:s3\", not aws:sqs")]
    [InlineData("""{"Records":[{"messageId":"a","body":"{}"}]}""", "a record has no eventSource, which is aws:sqs")]
    public async Task An_sqs_event_that_lacks_something_fails_whole_and_says_what(string json, string reason)
    {
        var sink = Taking();
        await using var function = await StartAsync(sink);

        var error = await function.Api.InvokeAsync(json);

        Assert.Equal("Function.EventInvalid", error.ErrorType);
        Assert.Equal($"The event is not a batch of SQS messages: {reason}", error.ErrorMessage);
        Assert.Empty(sink.Stored);
    }

    [Theory]
    [InlineData("""{"dimensions":{"d":"1"},"timestamp":1000,"metrics":{"m":1}}""", "m 1 @1000")]
    [InlineData("""[{"dimensions":{"d":"1"},"timestamp":1000,"metrics":{"m":1}},{"dimensions":{"d":"1"},"timestamp":2000,"metrics":{"m":2}}]""", "m 1 @1000", "m 2 @2000")]
    [InlineData("""{"body":"m{d=\"1\"} 3 1000\n","contentType":"text/plain; version=0.0.4"}""", "m 3 @1000")]
    [InlineData("""{"body":"{\"dimensions\":{\"d\":\"1\"},\"timestamp\":1000,\"metrics\":{\"m\":4}}"}""", "m 4 @1000")]
    public async Task A_direct_invocation_is_answered_once_its_samples_are_delivered(string json, params string[] stored)
    {
        var sink = Taking();
        await using var function = await StartAsync(sink);

        var answer = await function.Api.InvokeAsync(json);

        Assert.Equal("""{"status":"delivered"}""", Encoding.UTF8.GetString(answer.Body));
        Assert.Equal(stored, sink.Stored);
    }

    [Theory]
    [InlineData("""{"dimensions":{"d":"1"},"metrics":{"m":"warm"}}""", "Function.PushRefused", "metric-not-number: ")]
    [InlineData("""{"dimensions":{"d":"1"},"metrics":{"m":1},"extra":1}""", "Function.PushRefused", "unknown-key: ")]
    [InlineData("[1]", "Function.PushRefused", "record-not-object: ")]
    [InlineData("[]", "Function.PushRefused", "empty: ")]
    [InlineData("""{"body":"?","contentType":"text/plain"}""", "Function.PushRefused", "text-invalid: ")]
    [InlineData("""{"body":"m 1\n","contentType":"image/png"}""", "Function.PushRefused", "media-type-unsupported: media type \"image/png\" is not supported")]
    [InlineData("""{"body":1}""", "Function.EventInvalid", "\"body\" and \"contentType\" must be strings: ")]
    [InlineData("""{"body":null}""", "Function.EventInvalid", "\"body\" must be a string.")]
    [InlineData("""{"body":"m 1\n","type":"text/plain"}""", "Function.EventInvalid", "An event with a body has \"body\" and \"contentType\", not \"type\".")]
    [InlineData("""{"hello":"world"}""", "Function.EventInvalid", "This function does not understand the event. It takes ")]
    [InlineData("""{"source":"aws.s3"}""", "Function.EventInvalid", "This function does not understand the event. It takes ")]
    [InlineData("null", "Function.EventInvalid", "This function does not understand the event. It takes ")]
    [InlineData("{\"body\":", "Function.EventInvalid", "The event is not JSON: ")]
    public async Task What_cannot_be_delivered_is_an_error_that_says_why(string json, string type, string message)
    {
        var sink = Taking();
        await using var function = await StartAsync(sink);

        var error = await function.Api.InvokeAsync(json);

        Assert.Equal(type, error.ErrorType);
        Assert.StartsWith(message, error.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(sink.Stored);
    }

    [Fact]
    public async Task A_direct_invocation_that_could_not_be_delivered_in_its_time_is_an_error()
    {
        await using var function = await StartAsync(new RecordingSink((_, _) => ValueTask.FromResult(SinkResult.Retry("the target is busy", null))));

        var error = await function.Api.InvokeAsync("""{"dimensions":{"d":"1"},"metrics":{"m":1}}""", TimeSpan.FromSeconds(6));

        Assert.Equal("Function.PushNotDelivered", error.ErrorType);
        Assert.Equal("The push was not delivered; send it again: the target is busy", error.ErrorMessage);
    }

    [Fact]
    public async Task A_scheduled_event_runs_what_is_scheduled()
    {
        var runs = new List<int>();
        await using var function = await StartAsync(Taking(), configure: services =>
        {
            services.AddSingleton<ScheduledTask>(_ => Run(1));
            services.AddSingleton<ScheduledTask>(_ => Run(2));
        });

        Assert.Equal("""{"status":"done"}""", Encoding.UTF8.GetString((await function.Api.InvokeAsync(GoldenEvent.Read("scheduled"))).Body));
        Assert.Equal([1, 2], runs);

        Task Run(int number)
        {
            runs.Add(number);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_scheduled_event_for_which_there_is_nothing_to_do_fails()
    {
        await using var function = await StartAsync(Taking());

        Assert.Equal("This function has nothing to do on a schedule.", (await function.Api.InvokeAsync(GoldenEvent.Read("scheduled"))).ErrorMessage);
    }

    private static RecordingSink Taking() => new((_, _) => ValueTask.FromResult(SinkResult.Delivered));

    private static Task<FunctionHost> StartAsync(IMetricSink sink, ScriptedSqs? sqs = null, Action<IServiceCollection>? configure = null) =>
        FunctionHost.StartAsync(services =>
        {
            services.AddSingleton(new SqsPushQueue(
                new SqsQueueOptions { QueueUrl = Queue, DeadLetterQueueUrl = Dead },
                TimeProvider.System,
                _ => new AmazonSQSClient(
                    new BasicAWSCredentials("key", "secret"),
                    new AmazonSQSConfig { ServiceURL = sqs?.Url ?? "http://127.0.0.1:1", AuthenticationRegion = "eu-west-1", MaxErrorRetry = 0 })));
            services.AddSingleton(new BatchHandler(sink, null, Limits, new DeliveryOptions(), TimeProvider.System));
            services.AddSingleton(new DeliveryObserver());
            services.AddSingleton<EventBatchDelivery>();
            configure?.Invoke(services);
        });

    private static string Messages(params object[] messages) => new JsonObject
    {
        ["Records"] = new JsonArray([.. messages.Select(message => message switch
        {
            (string id, string body) => Message(id, body),
            var name => Message((string)name, Record((string)name)),
        })]),
    }.ToJsonString();

    private static string Record(string name) => $$$"""{"dimensions":{"d":"1"},"timestamp":1000,"metrics":{"{{{name}}}":1}}""";

    private static JsonObject Message(string id, string body) => new()
    {
        ["messageId"] = id,
        ["receiptHandle"] = "r",
        ["body"] = body,
        ["attributes"] = new JsonObject { ["SentTimestamp"] = "2000" },
        ["messageAttributes"] = new JsonObject(),
        ["eventSource"] = "aws:sqs",
    };

    private static IEnumerable<string> Failures(LambdaAnswer answer) =>
        answer.Json["batchItemFailures"]!.AsArray().Select(failure => (string)failure!["itemIdentifier"]!).Order(StringComparer.Ordinal);
}
