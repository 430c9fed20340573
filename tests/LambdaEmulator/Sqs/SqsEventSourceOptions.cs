namespace PushGateway.LambdaEmulator;

/// <summary>
/// An event source mapping's configuration, with AWS's own defaults and bounds:
/// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html.
/// </summary>
public sealed record SqsEventSourceOptions
{
    /// <summary>Messages in an event, 1 to 10,000. Over 10 needs a <see cref="BatchingWindow"/> of a second.</summary>
    public int BatchSize { get; init; } = 10;

    /// <summary>How long a batch is gathered from its first message on, up to 5 minutes.</summary>
    public TimeSpan BatchingWindow { get; init; } = TimeSpan.Zero;

    /// <summary>Invocations at a time, 2 to 1000.</summary>
    public int MaximumConcurrency { get; init; } = 5;

    /// <summary>Whether the function says which messages of a batch failed.</summary>
    public bool ReportBatchItemFailures { get; init; }

    /// <summary>What AWS refuses to create.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds.</exception>
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
