using System.Globalization;
using System.Text.Json;
using Amazon.SQS.Model;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.LambdaEmulator.Tests;

public sealed class SqsEventSourceTests(SharedFauxqs fauxqs) : IClassFixture<SharedFauxqs>
{
    // Short enough to wait for, and long enough for a loaded machine to answer within.
    static readonly TimeSpan Visibility = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task A_message_becomes_the_documented_record()
    {
        using var bootstrap = Bootstrap.Create(Consumer("{}"));
        await using var function = new LambdaFunction(bootstrap.Options);
        var queue = await CreateQueueAsync();
        await (await fauxqs.StartAsync()).Client.SendMessageAsync(
            new SendMessageRequest(queue.Url, "body €")
            {
                MessageAttributes = new()
                {
                    ["text"] = new MessageAttributeValue { DataType = "String", StringValue = "value" },
                    ["number"] = new MessageAttributeValue { DataType = "Number", StringValue = "42" },
                    ["bytes"] = new MessageAttributeValue { DataType = "Binary", BinaryValue = new MemoryStream([0, 1, 255]) },
                },
            },
            TestContext.Current.CancellationToken);

        await using (await SqsEventSource.StartAsync(function, await fauxqs.StartAsync(), queue))
            await UntilEmptyAsync(queue);

        var json = JsonElement.Parse(Assert.Single(bootstrap.Notes("events")));
        Assert.Equal("Records", JsonNames.Of(json));
        var record = Assert.Single(json.GetProperty("Records").EnumerateArray());
        Assert.Equal(
            "attributes awsRegion body eventSource eventSourceARN md5OfBody md5OfMessageAttributes messageAttributes messageId"
                + " receiptHandle",
            JsonNames.Of(record));
        Assert.True(Guid.TryParse(record.Text("messageId"), out _));
        Assert.NotEmpty(record.Text("receiptHandle")!);
        Assert.Equal("body €", record.Text("body"));
#pragma warning disable CA5351 // SQS digests with MD5.
        var digest = System.Security.Cryptography.MD5.HashData("body €"u8);
#pragma warning restore CA5351
        Assert.Equal(Convert.ToHexStringLower(digest), record.Text("md5OfBody"));
        Assert.Equal("aws:sqs", record.Text("eventSource"));
        Assert.Equal(queue.Arn, record.Text("eventSourceARN"));
        Assert.Equal("us-east-1", record.Text("awsRegion"));
        Assert.Equal("1", record.Text("attributes", "ApproximateReceiveCount"));
        Assert.Matches("^[0-9]{13}$", record.Text("attributes", "SentTimestamp"));
        Assert.Matches("^[0-9]{13}$", record.Text("attributes", "ApproximateFirstReceiveTimestamp"));
        Assert.NotEmpty(record.Text("attributes", "SenderId")!);
        var attributes = record.GetProperty("messageAttributes");
        Assert.Equal("binaryListValues dataType stringListValues stringValue", JsonNames.Of(attributes.GetProperty("text")));
        Assert.Equal("value", attributes.Text("text", "stringValue"));
        Assert.Equal("String", attributes.Text("text", "dataType"));
        Assert.Equal("42", attributes.Text("number", "stringValue"));
        Assert.Equal("Number", attributes.Text("number", "dataType"));
        Assert.Equal("binaryListValues binaryValue dataType stringListValues", JsonNames.Of(attributes.GetProperty("bytes")));
        Assert.Equal("AAH/", attributes.Text("bytes", "binaryValue"));
        Assert.Equal("Binary", attributes.Text("bytes", "dataType"));
    }

    [Fact]
    public async Task A_window_gathers_batches_up_to_their_size()
    {
        using var bootstrap = Bootstrap.Create(Consumer("{}"));
        await using var function = new LambdaFunction(bootstrap.Options);
        var queue = await CreateQueueAsync();
        await queue.SendAllAsync(
            Enumerable.Range(0, 50).Select(i => i.ToString(CultureInfo.InvariantCulture)),
            cancellationToken: TestContext.Current.CancellationToken);

        // Nobody waits for its end, for there are messages for two whole batches.
        var options = new SqsEventSourceOptions { BatchSize = 25, BatchingWindow = TimeSpan.FromSeconds(20), MaximumConcurrency = 2 };
        await using (await SqsEventSource.StartAsync(function, await fauxqs.StartAsync(), queue, options))
            await UntilEmptyAsync(queue);

        var batches = Batches(bootstrap);
        Assert.All(batches, batch => Assert.InRange(batch.Count, 1, 25));
        Assert.Contains(batches, batch => batch.Count > 10);
        Assert.Equal(50, batches.SelectMany(batch => batch).Distinct().Count());
    }

    [Fact]
    public async Task A_batch_is_no_larger_than_an_invocations_payload()
    {
        using var bootstrap = Bootstrap.Create("""
            while True:
                id, headers, body = poll()
                note("sizes", str(len(body)))
                note("counts", str(len(json.loads(body)["Records"])))
                respond(id, "{}")
            """);
        await using var function = new LambdaFunction(bootstrap.Options);
        var queue = await CreateQueueAsync();
        var body = new string('x', 250_000);
        for (var i = 0; i < 30; i++)
            await queue.SendAsync(body, cancellationToken: TestContext.Current.CancellationToken);

        var options = new SqsEventSourceOptions { BatchSize = 100, BatchingWindow = TimeSpan.FromSeconds(5), MaximumConcurrency = 2 };
        await using (await SqsEventSource.StartAsync(function, await fauxqs.StartAsync(), queue, options))
            await UntilEmptyAsync(queue);

        Assert.All(Numbers(bootstrap, "sizes"), size => Assert.InRange(size, 1, PayloadLimits.Request));
        Assert.Contains(Numbers(bootstrap, "sizes"), size => size > PayloadLimits.Request / 2);
        Assert.Equal(30, Numbers(bootstrap, "counts").Sum());
    }

    [Fact]
    public async Task Messages_that_are_reported_come_back_and_the_others_are_deleted()
    {
        // "bad" fails the first time.
        using var bootstrap = Bootstrap.Create("""
            while True:
                id, headers, body = poll()
                note("events", body.decode())
                failures = [
                    {"itemIdentifier": record["messageId"]}
                    for record in json.loads(body)["Records"]
                    if record["body"] == "bad" and record["attributes"]["ApproximateReceiveCount"] == "1"
                ]
                respond(id, json.dumps({"batchItemFailures": failures}))
            """);
        await using var function = new LambdaFunction(bootstrap.Options with { Timeout = Visibility });
        await function.InvokeAsync("""{"Records":[]}"""u8.ToArray());
        var queue = await CreateQueueAsync(Visibility);
        await queue.SendAllAsync(["good 1", "bad", "good 2"], cancellationToken: TestContext.Current.CancellationToken);

        var options = new SqsEventSourceOptions { ReportBatchItemFailures = true };
        await using (await SqsEventSource.StartAsync(function, await fauxqs.StartAsync(), queue, options))
            await UntilEmptyAsync(queue);

        Assert.Equal(["bad", "bad", "good 1", "good 2"], Batches(bootstrap).SelectMany(batch => batch).Order(StringComparer.Ordinal));
    }

    // The queue itself would hide the message for twelve hours.
    [Fact]
    public async Task A_message_that_the_function_gives_back_itself_comes_back_then()
    {
        using var bootstrap = Bootstrap.Create(Bootstrap.Sqs + """

            while True:
                id, headers, body = poll()
                note("events", body.decode())
                failed = [record for record in json.loads(body)["Records"] if record["attributes"]["ApproximateReceiveCount"] == "1"]
                for record in failed:
                    change_visibility(os.environ["SQS"], os.environ["QUEUE"], record["receiptHandle"], 1)
                respond(id, json.dumps({"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failed]}))
            """);
        var sqs = await fauxqs.StartAsync();
        var queue = await CreateQueueAsync(TimeSpan.FromHours(12));
        await using var function = new LambdaFunction(bootstrap.Options with
        {
            Environment = new Dictionary<string, string>(bootstrap.Options.Environment) { ["SQS"] = sqs.ServiceUrl.ToString(), ["QUEUE"] = queue.Url },
        });
        await queue.SendAsync("body", cancellationToken: TestContext.Current.CancellationToken);

        await using (await SqsEventSource.StartAsync(function, sqs, queue, new SqsEventSourceOptions { ReportBatchItemFailures = true }))
            await UntilEmptyAsync(queue);

        Assert.Equal(2, bootstrap.Notes("events").Length);
    }

    [Theory]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"unknown"}]}""")]
    [InlineData("no JSON")]
    public async Task A_batch_comes_back_when_the_answer_is_malformed(string answer)
    {
        // Only the first answer is.
        using var bootstrap = Bootstrap.Create(Consumer("{}", answer));
        await using var function = new LambdaFunction(bootstrap.Options with { Timeout = Visibility });
        var queue = await CreateQueueAsync(Visibility);
        await queue.SendAsync("body", cancellationToken: TestContext.Current.CancellationToken);

        await using var source = await SqsEventSource.StartAsync(
            function, await fauxqs.StartAsync(), queue, new SqsEventSourceOptions { ReportBatchItemFailures = true });
        await UntilEmptyAsync(queue);

        Assert.True(bootstrap.Notes("events").Length >= 2);
        Assert.True(source.FailedBatches >= 1);
    }

    [Theory]
    [InlineData("""{"batchItemFailures":null}""", true)]
    [InlineData("", true)]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"unknown"}]}""", false)]
    [InlineData("no JSON", false)]
    public async Task A_batch_is_deleted_when_the_answer_reports_nothing_or_may_not(string answer, bool reports)
    {
        using var bootstrap = Bootstrap.Create(Consumer(answer));
        await using var function = new LambdaFunction(bootstrap.Options);
        var queue = await CreateQueueAsync();
        await queue.SendAsync("body", cancellationToken: TestContext.Current.CancellationToken);

        await using var source = await SqsEventSource.StartAsync(
            function, await fauxqs.StartAsync(), queue, new SqsEventSourceOptions { ReportBatchItemFailures = reports });
        await UntilEmptyAsync(queue);

        Assert.Single(bootstrap.Notes("events"));
        Assert.Equal(0, source.FailedBatches);
    }

    [Fact]
    public async Task A_crash_brings_the_whole_batch_back()
    {
        using var bootstrap = Bootstrap.Create("""
            while True:
                id, headers, body = poll()
                note("events", body.decode())
                if len(open(notes + "/events").readlines()) == 1:
                    os.kill(os.getpid(), signal.SIGKILL)
                respond(id, "{}")
            """);
        await using var function = new LambdaFunction(bootstrap.Options with { Timeout = Visibility });
        var queue = await CreateQueueAsync(Visibility);
        await queue.SendAsync("body", cancellationToken: TestContext.Current.CancellationToken);

        await using var source = await SqsEventSource.StartAsync(function, await fauxqs.StartAsync(), queue);
        await UntilEmptyAsync(queue);

        Assert.True(bootstrap.Notes("events").Length >= 2);
        Assert.True(source.FailedBatches >= 1);
        Assert.True(function.SandboxesStarted >= 2);
    }

    [Fact]
    public async Task A_throttled_batch_waits_for_capacity()
    {
        using var bootstrap = Bootstrap.Create(Consumer("{}"));
        await using var function = new LambdaFunction(bootstrap.Options with { ReservedConcurrency = 1 });
        var queue = await CreateQueueAsync(TimeSpan.FromSeconds(60));
        await queue.SendAllAsync(
            Enumerable.Range(0, 30).Select(i => i.ToString(CultureInfo.InvariantCulture)),
            cancellationToken: TestContext.Current.CancellationToken);

        await using var source = await SqsEventSource.StartAsync(
            function, await fauxqs.StartAsync(), queue, new SqsEventSourceOptions { BatchSize = 1, MaximumConcurrency = 4 });
        await UntilEmptyAsync(queue);

        Assert.Equal(30, bootstrap.Notes("events").Length);
        Assert.Equal(1, function.SandboxesStarted);
        Assert.Equal(0, source.FailedBatches);
    }

    [Theory]
    [InlineData(0, 0, 2)]
    [InlineData(10_001, 1, 2)]
    [InlineData(11, 0, 2)]
    [InlineData(10, 301, 2)]
    [InlineData(10, 0, 1)]
    [InlineData(10, 0, 1001)]
    public void What_AWS_does_not_create_is_refused(int batchSize, int windowSeconds, int concurrency) =>
        Assert.Throws<ArgumentException>(new SqsEventSourceOptions
        {
            BatchSize = batchSize,
            BatchingWindow = TimeSpan.FromSeconds(windowSeconds),
            MaximumConcurrency = concurrency,
        }.Check);

    [Fact]
    public async Task A_queue_whose_messages_come_back_before_the_function_times_out_is_refused()
    {
        using var bootstrap = Bootstrap.Create(Bootstrap.Echo);
        await using var function = new LambdaFunction(bootstrap.Options with { Timeout = TimeSpan.FromSeconds(31) });
        var queue = await CreateQueueAsync(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAsync<ArgumentException>(async () => await SqsEventSource.StartAsync(function, await fauxqs.StartAsync(), queue));
    }

    // Notes each event, and gives these answers, the last one for ever.
    static string Consumer(string last, params string[] first) => $"""
        answers = json.loads({JsonSerializer.Serialize(JsonSerializer.Serialize(first))})
        while True:
            id, headers, body = poll()
            note("events", body.decode())
            respond(id, answers.pop(0) if answers else {JsonSerializer.Serialize(last)})
        """;

    static IEnumerable<int> Numbers(Bootstrap bootstrap, string name) =>
        bootstrap.Notes(name).Select(line => int.Parse(line, CultureInfo.InvariantCulture));

    static List<List<string>> Batches(Bootstrap bootstrap) =>
        [.. bootstrap.Notes("events").Select(line => JsonElement.Parse(line).GetProperty("Records").EnumerateArray()
            .Select(record => record.Text("body")!).ToList())];

    static Task UntilEmptyAsync(SqsQueue queue) => Poll.UntilAsync(
        async token => (await queue.CountAsync(token)).Total == 0,
        "the queue to be empty",
        cancellationToken: TestContext.Current.CancellationToken);

    async Task<SqsQueue> CreateQueueAsync(TimeSpan? visibilityTimeout = null)
    {
        var options = new SqsQueueOptions { VisibilityTimeout = visibilityTimeout ?? TimeSpan.FromSeconds(60) };
        return await (await fauxqs.StartAsync()).CreateQueueAsync(options: options, cancellationToken: TestContext.Current.CancellationToken);
    }
}
