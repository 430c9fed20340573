using PushGateway.Groups;

namespace PushGateway.Embedded;

/// <summary>Options of the one-machine store.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>The folder that holds the database. Created, readable by its owner only, when it does not exist.</summary>
    public required string DataFolder { get; init; }

    /// <summary>What a push survives once it is acknowledged.</summary>
    public SynchronousMode Synchronous { get; init; } = SynchronousMode.Normal;

    /// <summary>
    /// Most bytes in use in the database before pushes are refused with <see cref="Queue.QueueUnavailableException"/>: queued messages,
    /// dead letters and group state together. Delivery goes on and makes room. 10 GiB is a day of 1,000 small pushes a second that
    /// nobody takes, and leaves most disks usable.
    /// </summary>
    public long MaxBytes { get; init; } = 10L * 1024 * 1024 * 1024;

    /// <summary>How long groups and ungrouped series are remembered.</summary>
    public GroupStoreOptions Groups { get; init; } = GroupStoreOptions.Default;
}
