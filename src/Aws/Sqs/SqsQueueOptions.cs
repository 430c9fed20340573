namespace PushGateway.Aws.Sqs;

/// <summary>
/// Where the SQS queue is and how it is read. Region, credentials, endpoint and retries are the SDK's own settings
/// (<c>AWS_REGION</c>, <c>AWS_ENDPOINT_URL_SQS</c>, <c>AWS_MAX_ATTEMPTS</c>, …).
/// </summary>
public sealed record SqsQueueOptions
{
    /// <summary>The <c>MaximumMessageSize</c> in bytes that most queues have: SQS's default for years, before it became 1 MiB.</summary>
    public const int DefaultMaxMessageBytes = 256 * 1024;

    /// <summary>The largest message, and the largest batch, that SQS takes, in bytes.</summary>
    public const int LargestMessageBytes = 1024 * 1024;

    /// <summary>The longest that SQS keeps a receive waiting.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    /// <summary>The longest visibility timeout of SQS.</summary>
    public static readonly TimeSpan LongestVisibilityTimeout = TimeSpan.FromHours(12);

    /// <summary>The queue's URL as SQS gives it; one that ends in <c>.fifo</c> is a FIFO queue.</summary>
    public required string QueueUrl { get; init; }

    /// <summary>
    /// The dead-letter queue's URL; without one, the target of the queue's redrive policy, which takes the
    /// permission <c>sqs:GetQueueAttributes</c>.
    /// </summary>
    public string? DeadLetterQueueUrl { get; init; }

    /// <summary>
    /// Largest message in bytes, 1 KiB to 1 MiB: body, attribute names, types and values. Not more than the queue's <c>MaximumMessageSize</c>.
    /// </summary>
    public int MaxMessageBytes { get; init; } = DefaultMaxMessageBytes;

    /// <summary>
    /// How long a receive waits for the first message, 0 to 20 s, in whole seconds. A receive is never broken off, so a stop takes as
    /// long: a shorter wait is a quicker stop, a longer one a cheaper idle queue.
    /// </summary>
    /// <remarks>
    /// With 5 s a receiver of an idle queue makes 518,400 receives in 30 days, with 20 s 129,600: 0.21 or 0.05 USD at 0.40 USD a million
    /// (Amazon SQS pricing, standard queues). A wait shorter than <see cref="Delivery.DeliveryOptions.DrainTimeout"/> leaves time to deliver
    /// what comes during a stop, and no receiver takes what another has given back at the drain's end, to give it back once more.
    /// </remarks>
    public TimeSpan WaitTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a receive of more than ten messages goes on gathering after the first answer, before it starts no further
    /// calls: larger deliveries against latency.
    /// </summary>
    public TimeSpan GatherTime { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long a received message stays hidden, and for how long each renewal hides it again: 1 s to 12 h, in whole
    /// seconds; without a value the queue's own, read once.
    /// </summary>
    public TimeSpan? VisibilityTimeout { get; init; }

    /// <summary>How long an answer of <see cref="SqsPushQueue.CheckAsync"/> holds, so that readiness probes cost nothing to speak of.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    internal void Validate()
    {
        Require(MaxMessageBytes is >= 1024 and <= LargestMessageBytes, nameof(MaxMessageBytes), "between 1 KiB and 1 MiB");
        Require(WaitTime >= TimeSpan.Zero && WaitTime <= LongestWait, nameof(WaitTime), "between 0 and 20 s");
        Require(GatherTime >= TimeSpan.Zero, nameof(GatherTime), "not negative");
        Require(
            VisibilityTimeout is not { } timeout || (timeout >= TimeSpan.FromSeconds(1) && timeout <= LongestVisibilityTimeout),
            nameof(VisibilityTimeout),
            "between 1 s and 12 h");
        Require(CheckInterval >= TimeSpan.Zero, nameof(CheckInterval), "not negative");
    }

    private static void Require(bool holds, string name, string range)
    {
        if (!holds)
        {
            throw new ArgumentException($"{name} must be {range}.", name);
        }
    }
}
