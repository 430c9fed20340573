using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.SQS;
using PushGateway.Aws.Sqs;
using PushGateway.Aws.Tests.Lambda;
using PushGateway.Delivery;
using PushGateway.Push;
using PushGateway.Sinks;
using PushGateway.Testing;
using Xunit;
using SqsQueueOptions = PushGateway.Aws.Sqs.SqsQueueOptions;

namespace PushGateway.Aws.Tests.Sqs;

/// <summary>A pump on a FIFO queue.</summary>
public sealed class FifoPumpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_of_a_message_group_behind_a_failed_message_is_given_back()
    {
        var batch = new Queue<JsonNode?>([new JsonArray(
            Message("before", "g"), Message("bad", "g"), Message("other", "h"), Message("behind", "g"), Message("letter", "g", "not a record"))]);
        await using var sqs = await ScriptedSqs.StartAsync((action, request) => action == "ReceiveMessage"
            ? (200, new JsonObject { ["Messages"] = Asked(request, batch.TryDequeue(out var messages) ? messages : null) })
            : ScriptedSqs.Answer(request, false, ""));
        using var queue = new SqsPushQueue(
            new SqsQueueOptions { QueueUrl = "http://sqs.local/123456789012/pushes.fifo", DeadLetterQueueUrl = "http://sqs.local/123456789012/dead.fifo" },
            TimeProvider.System,
            _ => new AmazonSQSClient(
                new BasicAWSCredentials("key", "secret"), new AmazonSQSConfig { ServiceURL = sqs.Url, AuthenticationRegion = "eu-west-1", MaxErrorRetry = 0 }));
        var sink = new RecordingSink((name, _) => name == "bad" ? throw new InvalidOperationException("a bug") : ValueTask.FromResult(SinkResult.Delivered));
        var observer = new RecordingObserver();
        var options = new DeliveryOptions { GatherTime = TimeSpan.FromSeconds(1) };
        var pump = new DeliveryPump(queue, new BatchHandler(sink, null, PushLimits.Default, options, TimeProvider.System), options, TimeProvider.System, observer);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = pump.RunAsync(stopping.Token);
        try
        {
            await Poll.UntilAsync(() => Handles(sqs, "ChangeMessageVisibilityBatch").Count > 0, "what failed to be given back", cancellationToken: Cancellation);
        }
        finally
        {
            await stopping.CancelAsync();
            await running;
        }

        Assert.Equal(["bad", "behind", "letter"], Handles(sqs, "ChangeMessageVisibilityBatch"));
        Assert.Equal(["before", "other"], Handles(sqs, "DeleteMessageBatch"));
        Assert.Equal(["3 a bug"], observer.Failures);
        Assert.Empty(observer.Letters);
    }

    private static List<string> Handles(ScriptedSqs sqs, string action) =>
    [
        .. sqs.Calls.Where(call => call.Action == action).SelectMany(call => call.Body["Entries"]!.AsArray())
            .Select(entry => (string)entry!["ReceiptHandle"]!).Order(StringComparer.Ordinal),
    ];

    // As SQS does, only with the attributes that were asked for.
    private static JsonNode? Asked(JsonNode request, JsonNode? messages)
    {
        var asked = request["MessageSystemAttributeNames"]!.AsArray().Select(name => (string)name!).ToHashSet();
        foreach (var attributes in messages?.AsArray().Select(message => message!["Attributes"]!.AsObject()) ?? [])
        {
            foreach (var name in attributes.Select(attribute => attribute.Key).Where(name => !asked.Contains(name)).ToList())
            {
                attributes.Remove(name);
            }
        }

        return messages;
    }

    private static JsonObject Message(string id, string group, string? body = null)
    {
        body ??= $$$"""{"dimensions":{"d":"1"},"metrics":{"{{{id}}}":1}}""";
#pragma warning disable CA5351 // SQS digests with MD5.
        var digest = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(body)));
#pragma warning restore CA5351
        return new JsonObject
        {
            ["MessageId"] = id,
            ["ReceiptHandle"] = id,
            ["Body"] = body,
            ["MD5OfBody"] = digest,
            ["Attributes"] = new JsonObject
            {
                ["SentTimestamp"] = $"{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}",
                ["ApproximateReceiveCount"] = "1",
                ["MessageGroupId"] = group,
            },
        };
    }
}
