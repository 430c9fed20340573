namespace PushGateway.LambdaEmulator;

/// <summary>
/// The configuration of an event source mapping, with AWS's own defaults and limits:
/// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html.
/// </summary>
public sealed record SqsEventSourceOptions
{
    /// <summary>Most messages in an event: 1 to 10,000. More than 10 need a <see cref="BatchingWindow"/> of at least a second.</summary>
    public int BatchSize { get; init; } = 10;

    /// <summary>How long a batch is collected after its first message: up to 5 minutes.</summary>
    public TimeSpan BatchingWindow { get; init; } = TimeSpan.Zero;

    /// <summary>Most invocations at a time: 2 to 1000.</summary>
    public int MaximumConcurrency { get; init; } = 5;

    /// <summary>Whether the function reports which messages of a batch failed.</summary>
    public bool ReportBatchItemFailures { get; init; }

    /// <summary>Refuses what AWS would refuse.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    internal void Check()
    {
        if (BatchSize is < 1 or > 10_000)
            throw new ArgumentException("BatchSize is 1 to 10000.");
        if (BatchingWindow < TimeSpan.Zero || BatchingWindow > TimeSpan.FromMinutes(5))
            throw new ArgumentException("MaximumBatchingWindowInSeconds is 0 to 300.");
        if (BatchSize > 10 && BatchingWindow < TimeSpan.FromSeconds(1))
            throw new ArgumentException("MaximumBatchingWindowInSeconds must be at least 1 when BatchSize is over 10.");
        if (MaximumConcurrency is < 2 or > 1000)
            throw new ArgumentException("MaximumConcurrency is 2 to 1000.");
    }
}
