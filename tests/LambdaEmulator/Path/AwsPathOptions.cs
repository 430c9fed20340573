namespace PushGateway.LambdaEmulator;

/// <summary>The configuration of an <see cref="AwsPath"/>.</summary>
public sealed record AwsPathOptions
{
    /// <summary>The Api function's zip or folder.</summary>
    public required string Api { get; init; }

    /// <summary>The Worker function's zip or folder.</summary>
    public required string Worker { get; init; }

    /// <summary>How Worker delivers.</summary>
    public WorkerTarget Target { get; init; }

    /// <summary>The answers of AMP. Not with <see cref="WorkerTarget.Agent"/>, which has no AMP.</summary>
    public AmpSchedule Schedule { get; init; } = AmpSchedule.Always(AmpAnswer.Accept);

    /// <summary>Returns why AMP does not accept a sample, or null. Not with <see cref="WorkerTarget.Agent"/>.</summary>
    public Func<AmpSample, string?> Fault { get; init; } = _ => null;

    /// <summary>How much older than its newest sample the server that stores the samples takes one.</summary>
    public TimeSpan OutOfOrderWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>More settings for both functions.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Api's timeout.</summary>
    public TimeSpan ApiTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Worker's timeout. A received message stays hidden for six times as long, as the CDK construct sets it, unless Worker gives it back before.
    /// </summary>
    public TimeSpan WorkerTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most sandboxes of each function.</summary>
    public int ReservedConcurrency { get; init; } = 10;

    /// <summary>
    /// How often a message may be received before SQS itself moves it to the dead-letter queue. The default is so high that only the
    /// gateway dead-letters messages.
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

    /// <summary>Called with the name of a function and a line that it has written, from any thread.</summary>
    public Action<string, string>? LineWritten { get; init; }
}
