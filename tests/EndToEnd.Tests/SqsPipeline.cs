using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests;

/// <summary>Api, an SQS queue with a dead-letter queue, Worker, and the target that Worker delivers to.</summary>
public sealed class SqsPipeline : IAsyncDisposable
{
    readonly SqsEndpoint _sqs;

    SqsPipeline(SqsEndpoint sqs, SqsQueue queue, SqsQueue deadLetters)
    {
        _sqs = sqs;
        Queue = queue;
        DeadLetters = deadLetters;
    }

    public SqsQueue Queue { get; }

    public SqsQueue DeadLetters { get; }

    public GatewayProcess Api { get; private set; } = null!;

    public WorkerProcess Worker { get; private set; } = null!;

    /// <summary>Creates queues of its own and starts the two processes.</summary>
    /// <param name="sqs">Where the queues are.</param>
    /// <param name="target">Where Worker delivers to: its settings for that.</param>
    /// <param name="common">More settings, for both processes.</param>
    /// <param name="visibilityTimeout">How long a received message stays hidden unless it is renewed.</param>
    public static async Task<SqsPipeline> StartAsync(
        SqsEndpoint sqs,
        IReadOnlyDictionary<string, string> target,
        IReadOnlyDictionary<string, string>? common = null,
        TimeSpan? visibilityTimeout = null)
    {
        // So many receives that only the gateway itself moves messages to the dead-letter queue.
        var (queue, deadLetters) = await sqs.CreateQueueWithDeadLettersAsync(maxReceiveCount: 1000, visibilityTimeout);
        var pipeline = new SqsPipeline(sqs, queue, deadLetters);
        try
        {
            pipeline.Api = await GatewayProcess.StartAsync(pipeline.Environment(common));
            pipeline.Worker = await WorkerProcess.StartAsync(pipeline.Environment(common, target));
            return pipeline;
        }
        catch
        {
            await pipeline.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the two processes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Worker is { } worker)
            await worker.DisposeAsync();
        if (Api is { } api)
            await api.DisposeAsync();
    }

    Dictionary<string, string> Environment(params ReadOnlySpan<IReadOnlyDictionary<string, string>?> parts)
    {
        var environment = new Dictionary<string, string>(_sqs.ProcessEnvironment) { ["PUSHGATEWAY_QUEUE_URL"] = Queue.Url };
        foreach (var part in parts)
        {
            foreach (var (name, value) in part ?? new Dictionary<string, string>())
                environment[name] = value;
        }

        return environment;
    }
}
