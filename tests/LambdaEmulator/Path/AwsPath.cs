using PushGateway.Testing;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// The gateway as it runs on AWS: function URL, Api, SQS with a dead-letter queue, Worker, collector layer and AMP. A real Prometheus
/// stores what AMP has accepted.
/// </summary>
public sealed class AwsPath : IAsyncDisposable
{
    /// <summary>By how much a received message stays hidden longer than Worker may take, as the CDK construct sets it.</summary>
    const int VisibilityOverTimeout = 6;

    readonly Stack<IAsyncDisposable> _parts = new();

    AwsPath()
    {
    }

    /// <summary>The emulated SQS.</summary>
    public Fauxqs Fauxqs { get; private set; } = null!;

    /// <summary>The queue between the functions.</summary>
    public SqsQueue Queue { get; private set; } = null!;

    /// <summary>The queue of messages that cannot be delivered.</summary>
    public SqsQueue DeadLetters { get; private set; } = null!;

    /// <summary>The server that stores the samples.</summary>
    public PrometheusServer Prometheus { get; private set; } = null!;

    /// <summary>The workspace; null with <see cref="WorkerTarget.Agent"/>.</summary>
    public ScriptedAmp? Amp { get; private set; }

    /// <summary>The function behind <see cref="FunctionUrl"/>.</summary>
    public LambdaFunction Api { get; private set; } = null!;

    /// <summary>The function behind <see cref="EventSource"/>.</summary>
    public LambdaFunction Worker { get; private set; } = null!;

    /// <summary>The entry for pushes.</summary>
    public HttpFront FunctionUrl { get; private set; } = null!;

    /// <summary>The mapping that passes messages from the queue to Worker.</summary>
    public SqsEventSource EventSource { get; private set; } = null!;

    /// <summary>
    /// Starts everything except the functions, which start with their first invocation. Skips the test when a real component is missing.
    /// </summary>
    /// <exception cref="InvalidDataException">Lambda could not start a package.</exception>
    public static async Task<AwsPath> StartAsync(AwsPathOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var path = new AwsPath();
        try
        {
            await path.StartServersAsync(options, cancellationToken);
            await path.StartFunctionsAsync(options);
            return path;
        }
        catch
        {
            await path.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends everything, in reverse order of the start.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
    }

    async Task StartServersAsync(AwsPathOptions options, CancellationToken cancellationToken)
    {
        Fauxqs = Own(await Fauxqs.StartAsync(cancellationToken));
        (Queue, DeadLetters) = await Fauxqs.Sqs.CreateQueueWithDeadLettersAsync(
            options.MaxReceiveCount, VisibilityOverTimeout * options.WorkerTimeout, cancellationToken);
        Prometheus = Own(await PrometheusServer.StartAsync(new PrometheusOptions { OutOfOrderWindow = options.OutOfOrderWindow }, cancellationToken));
        if (options.Target == WorkerTarget.Agent)
            return;
        Amp = Own(await ScriptedAmp.StartAsync(new AmpOptions
        {
            Schedule = options.Schedule,
            Fault = options.Fault,
            RequiresSignature = options.Target == WorkerTarget.RemoteWrite,
            Forward = Prometheus.RemoteWriteUrl,
        }));
    }

    async Task StartFunctionsAsync(AwsPathOptions options)
    {
        Api = Own(new LambdaFunction(new FunctionOptions
        {
            Name = "api",
            Package = options.Api,
            Timeout = options.ApiTimeout,
            ReservedConcurrency = options.ReservedConcurrency,
            Environment = Environment(options),
            LineWritten = line => options.LineWritten?.Invoke("api", line),
        }));
        FunctionUrl = Own(await HttpFront.StartFunctionUrlAsync(Api));

        var worker = new FunctionOptions
        {
            Name = "worker",
            Package = options.Worker,
            Timeout = options.WorkerTimeout,
            ReservedConcurrency = options.ReservedConcurrency,
            Environment = Environment(options),
            LineWritten = line => options.LineWritten?.Invoke("worker", line),
        };
        Worker = Own(new LambdaFunction(options.Target switch
        {
            WorkerTarget.Collector => worker with { Collector = new CollectorOptions(Amp!.RemoteWriteUrl) },
            WorkerTarget.Agent => worker with { Collector = await StartAgentAsync() },
            _ => worker with { Environment = Environment(options).Concat(Amp!.ProcessEnvironment).ToDictionary() },
        }));
        EventSource = Own(await SqsEventSource.StartAsync(Worker, Fauxqs.Sqs, Queue, options.EventSource));
    }

    async Task<CollectorOptions> StartAgentAsync() =>
        new(Own(await VmAgent.StartAsync(Prometheus.RemoteWriteUrl)).OtlpMetricsUrl, CollectorProtocol.Otlp);

    Dictionary<string, string> Environment(AwsPathOptions options)
    {
        var environment = new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL_SQS"] = Fauxqs.ServiceUrl.ToString(),
            ["PUSHGATEWAY_QUEUE_URL"] = Queue.Url,
            ["PUSHGATEWAY_DEAD_LETTER_QUEUE_URL"] = DeadLetters.Url,
        };
        foreach (var (name, value) in options.Environment)
            environment[name] = value;
        return environment;
    }

    T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
