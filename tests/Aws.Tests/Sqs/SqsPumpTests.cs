using PushGateway.Aws.Sqs;
using PushGateway.Aws.Tests.Lambda;
using PushGateway.Delivery;
using PushGateway.Push;
using PushGateway.Sinks;
using PushGateway.Testing;
using Xunit;
using EmulatorOptions = PushGateway.Testing.SqsQueueOptions;
using SqsQueueOptions = PushGateway.Aws.Sqs.SqsQueueOptions;

namespace PushGateway.Aws.Tests.Sqs;

/// <summary>A pump on a queue of SQS.</summary>
public sealed class SqsPumpTests(FauxqsEmulator emulator) : IClassFixture<FauxqsEmulator>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_no_dead_letter_can_go_the_others_are_done_and_the_bad_message_comes_back_soon()
    {
        var endpoint = await emulator.StartAsync();
        var source = await endpoint.CreateQueueAsync(
            options: new EmulatorOptions { VisibilityTimeout = TimeSpan.FromMinutes(5) }, cancellationToken: Cancellation);
        using var queue = new SqsPushQueue(
            new SqsQueueOptions { QueueUrl = source.Url, WaitTime = TimeSpan.FromSeconds(1) }, TimeProvider.System, _ => endpoint.CreateClient());
        foreach (var body in (string[])[Record("a"), "not a record", Record("b"), Record("c")])
        {
            await source.SendAsync(body, cancellationToken: Cancellation);
        }

        var sink = new RecordingSink((_, _) => ValueTask.FromResult(SinkResult.Delivered));
        var observer = new RecordingObserver();
        var options = new DeliveryOptions();
        var pump = new DeliveryPump(queue, new BatchHandler(sink, null, PushLimits.Default, options, TimeProvider.System), options, TimeProvider.System, observer);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = pump.RunAsync(stopping.Token);
        try
        {
            await Poll.UntilAsync(
                async token => (await source.CountAsync(token)).Total == 1 && observer.Exceptions.Count > 1,
                "three messages to be done, and the fourth to come back",
                cancellationToken: Cancellation);
        }
        finally
        {
            await stopping.CancelAsync();
            await running;
        }

        Assert.Equal(["a", "b", "c"], sink.Stored.Select(stored => stored.Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.All(observer.Exceptions, exception => Assert.Contains("no dead-letter queue is configured", exception.Message, StringComparison.Ordinal));
    }

    private static string Record(string name) => $$$"""{"dimensions":{"d":"1"},"metrics":{"{{{name}}}":1}}""";
}
