using PushGateway.Groups;

namespace PushGateway.Embedded;

/// <summary>Options of the one-machine store.</summary>
public sealed record EmbeddedOptions
{
    // A flood of dead letters leaves most of the store to pushes. By default, 2.5 GiB hold days of pushes that nobody has looked at yet.
    private const int DeadLetterDivisor = 4;

    /// <summary>The folder that holds the database. Created, readable by its owner only, when it does not exist.</summary>
    public required string DataFolder { get; init; }

    /// <summary>What an acknowledged push survives.</summary>
    public SynchronousMode Synchronous { get; init; } = SynchronousMode.Normal;

    /// <summary>
    /// Most bytes in use in the database: queued messages, group state and dead letters together. A quarter is the share of the dead letters.
    /// Beyond the rest, pushes are refused with <see cref="Queue.QueueUnavailableException"/>. Delivery goes on and makes room. 10 GiB holds 1,000 small pushes a second for a day
    /// without delivery, and leaves most disks usable.
    /// </summary>
    public long MaxBytes { get; init; } = 10L * 1024 * 1024 * 1024;

    /// <summary>The dead letters' share of <see cref="MaxBytes"/>. When it is full, the oldest make room for the next.</summary>
    public long MaxDeadLetterBytes => MaxBytes / DeadLetterDivisor;

    /// <summary>What is left of <see cref="MaxBytes"/> for queued messages and group state.</summary>
    public long MaxQueueBytes => MaxBytes - MaxDeadLetterBytes;

    /// <summary>
    /// Bytes of memory in which the last pushes are kept for delivery. A delivery that keeps up never reads the file. One that falls behind
    /// reads what is beyond this.
    /// </summary>
    internal long MaxRecentBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>How many groups and series are held, and for how long.</summary>
    public GroupStoreOptions Groups { get; init; } = GroupStoreOptions.Default;
}
