namespace PushGateway.Aws.Sqs;

/// <summary>
/// The SQS queue and how it is read. Region, credentials, endpoint and retries are the SDK's own settings (<c>AWS_REGION</c>,
/// <c>AWS_ENDPOINT_URL_SQS</c>, <c>AWS_MAX_ATTEMPTS</c>, …).
/// </summary>
public sealed record SqsQueueOptions
{
    /// <summary>The <c>MaximumMessageSize</c> of most queues in bytes: SQS's default for years, before it became 1 MiB.</summary>
    public const int DefaultMaxMessageBytes = 256 * 1024;

    /// <summary>The largest message, and the largest batch, that SQS takes, in bytes.</summary>
    public const int LargestMessageBytes = 1024 * 1024;

    /// <summary>The lowest <c>MaximumMessageSize</c> that a queue can have, in bytes.</summary>
    public const int SmallestMessageLimit = 1024;

    /// <summary>The longest time that SQS keeps a receive waiting.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    /// <summary>The longest visibility timeout of SQS.</summary>
    public static readonly TimeSpan LongestVisibilityTimeout = TimeSpan.FromHours(12);

    /// <summary>The queue's URL as SQS gives it. A URL that ends in <c>.fifo</c> names a FIFO queue.</summary>
    public required string QueueUrl { get; init; }

    /// <summary>
    /// The dead-letter queue's URL. Without it, the target of the queue's redrive policy is used, which needs the permission
    /// <c>sqs:GetQueueAttributes</c>.
    /// </summary>
    public string? DeadLetterQueueUrl { get; init; }

    /// <summary>
    /// Largest message in bytes, 1 KiB to 1 MiB: the body, and the names, types and values of attributes. It must not exceed the queue's
    /// <c>MaximumMessageSize</c>.
    /// </summary>
    public int MaxMessageBytes { get; init; } = DefaultMaxMessageBytes;

    /// <summary>
    /// How long a receive waits for the first message: 0 to 20 s, in whole seconds. A receive is never cancelled, so stopping the process
    /// can take as long. A shorter wait makes a stop quicker, a longer one makes an idle queue cheaper.
    /// </summary>
    /// <remarks>
    /// With 5 s, a receiver of an idle queue makes 518,400 receives in 30 days, with 20 s it makes 129,600: 0.21 or 0.05 USD at 0.40 USD a
    /// million (Amazon SQS pricing, standard queues). A wait shorter than <see cref="Delivery.DeliveryOptions.DrainTimeout"/> leaves time
    /// to deliver what comes during a stop. It also keeps a stopping receiver from taking messages that another one has just given back at
    /// the end of its drain.
    /// </remarks>
    public TimeSpan WaitTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a receive of more than ten messages may start further calls after the first answer. A longer time gives larger deliveries
    /// and a higher latency.
    /// </summary>
    public TimeSpan GatherTime { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long a received message stays hidden, and how long each renewal hides it again: 1 s to 12 h, in whole seconds. Null means the
    /// queue's own setting, read once.
    /// </summary>
    public TimeSpan? VisibilityTimeout { get; init; }

    /// <summary>
    /// How long the result of <see cref="SqsPushQueue.CheckAsync"/> is kept, so that readiness probes cost next to nothing.
    /// </summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    internal void Validate()
    {
        Require(MaxMessageBytes is >= SmallestMessageLimit and <= LargestMessageBytes, nameof(MaxMessageBytes), "between 1 KiB and 1 MiB");
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
