namespace PushGateway.LambdaEmulator;

/// <summary>How an <see cref="AwsPath"/> is set up.</summary>
public sealed record AwsPathOptions
{
    /// <summary>The Api function's zip or folder.</summary>
    public required string Api { get; init; }

    /// <summary>The Worker function's zip or folder.</summary>
    public required string Worker { get; init; }

    /// <summary>How Worker delivers.</summary>
    public WorkerTarget Target { get; init; }

    /// <summary>What AMP answers; not with <see cref="WorkerTarget.Agent"/>, which has none.</summary>
    public AmpSchedule Schedule { get; init; } = AmpSchedule.Always(AmpAnswer.Accept);

    /// <summary>Which samples AMP does not take, and why; not with <see cref="WorkerTarget.Agent"/>.</summary>
    public Func<AmpSample, string?> Fault { get; init; } = _ => null;

    /// <summary>More settings for both functions.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Api's timeout.</summary>
    public TimeSpan ApiTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Worker's timeout, for which a received message stays hidden, too.</summary>
    public TimeSpan WorkerTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Sandboxes of each function.</summary>
    public int ReservedConcurrency { get; init; } = 10;

    /// <summary>
    /// How often a message may be received before SQS itself moves it to the dead-letter queue: by default so often that only the gateway
    /// does.
    /// </summary>
    public int MaxReceiveCount { get; init; } = 1000;

    /// <summary>The queue's mapping to Worker.</summary>
    public SqsEventSourceOptions EventSource { get; init; } = new()
    {
        BatchSize = 1000,
        BatchingWindow = TimeSpan.FromSeconds(1),
        MaximumConcurrency = 2,
        ReportBatchItemFailures = true,
    };

    /// <summary>Called with the name of a function and a line that it wrote, from any thread.</summary>
    public Action<string, string>? LineWritten { get; init; }
}
