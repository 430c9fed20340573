using PushGateway.Groups;

namespace PushGateway.Embedded;

/// <summary>Options of the one-machine store.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>The folder that holds the database. Created, readable by its owner only, when it does not exist.</summary>
    public required string DataFolder { get; init; }

    /// <summary>What an acknowledged push survives.</summary>
    public SynchronousMode Synchronous { get; init; } = SynchronousMode.Normal;

    /// <summary>
    /// Most bytes in use in the database: queued messages, dead letters and group state together. Beyond it, pushes are refused with
    /// <see cref="Queue.QueueUnavailableException"/>. Delivery goes on and makes room. 10 GiB holds 1,000 small pushes a second for a day
    /// without delivery, and leaves most disks usable.
    /// </summary>
    public long MaxBytes { get; init; } = 10L * 1024 * 1024 * 1024;

    /// <summary>How many groups and series are held, and for how long.</summary>
    public GroupStoreOptions Groups { get; init; } = GroupStoreOptions.Default;
}
