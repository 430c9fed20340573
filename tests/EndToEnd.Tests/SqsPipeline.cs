using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>Api, an SQS queue with a dead-letter queue, Worker, and the target that Worker delivers to.</summary>
public sealed class SqsPipeline : IAsyncDisposable
{
    readonly SqsEndpoint _sqs;
    readonly IReadOnlyDictionary<string, string> _target;
    readonly IReadOnlyDictionary<string, string>? _common;
    readonly Stack<IAsyncDisposable> _more = new();

    SqsPipeline(
        SqsEndpoint sqs,
        SqsQueue queue,
        SqsQueue deadLetters,
        IReadOnlyDictionary<string, string> target,
        IReadOnlyDictionary<string, string>? common)
    {
        _sqs = sqs;
        _target = target;
        _common = common;
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
        var pipeline = new SqsPipeline(sqs, queue, deadLetters, target, common);
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

    /// <summary>Starts one more Api for the same queue.</summary>
    /// <param name="environment">What it is told more than the others.</param>
    public async Task<GatewayProcess> StartApiAsync(IReadOnlyDictionary<string, string>? environment = null)
    {
        var api = await GatewayProcess.StartAsync(Environment(_common, environment));
        _more.Push(api);
        return api;
    }

    /// <summary>Starts one more Worker for the same queue and target.</summary>
    public async Task<WorkerProcess> StartWorkerAsync()
    {
        var worker = await WorkerProcess.StartAsync(Environment(_common, _target));
        _more.Push(worker);
        return worker;
    }

    /// <summary>Waits until every message has been delivered or dead-lettered.</summary>
    public async Task WaitForEmptyQueueAsync() => await Poll.UntilAsync(
        async token => (await Queue.CountAsync(token)).Total,
        total => total == 0,
        "an empty queue",
        Deadlines.Delivery,
        TestContext.Current.CancellationToken);

    /// <summary>Ends all processes.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_more.TryPop(out var process))
            await process.DisposeAsync();
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
