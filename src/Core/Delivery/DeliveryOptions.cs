namespace PushGateway.Delivery;

/// <summary>How delivery behaves.</summary>
public sealed record DeliveryOptions
{
    /// <summary>Wait before the first retry; doubles up to <see cref="MaxBackoff"/>, with jitter.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait between retries, unless the sink asks for more.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait that a sink may ask for. A longer one is cut to this: a target must not put the gateway to sleep.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Samples of one message that are proven to be refused, each in a request of its own, before the others are not tried any more.
    /// </summary>
    public int MaxProofs { get; init; } = 8;

    /// <summary>
    /// How often a message is tried on which the target or the code fails, and on no other, before the batch ends without it.
    /// </summary>
    public int MaxTries { get; init; } = 3;

    /// <summary>Bytes of held messages beyond which no new ones are taken.</summary>
    public long MaxHeldBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// How much older than its newest sample the target takes one, whatever the series. While messages wait after an outage, samples that are
    /// further apart are not sent side by side.
    /// </summary>
    public TimeSpan OutOfOrderWindow { get; init; }

    /// <summary>Spreads the waits of several senders.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Messages taken from the queue at a time.</summary>
    public int BatchSize { get; init; } = 1000;

    /// <summary>
    /// Wait between a batch that was not full and the next. A message that comes alone is delivered at once; of many, more are in a batch, and a
    /// batch costs the same whatever is in it.
    /// </summary>
    public TimeSpan GatherTime { get; init; }

    /// <summary>How long a batch is worked on before what is left is given back to the queue.</summary>
    public TimeSpan BatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often the queue is told that a batch is still being worked on.</summary>
    public TimeSpan RenewInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often groups are looked through for those whose time to live has passed.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a batch in flight may go on after shutdown was asked for.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
