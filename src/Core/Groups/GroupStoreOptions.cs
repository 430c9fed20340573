namespace PushGateway.Groups;

/// <summary>How long a group store remembers.</summary>
public sealed record GroupStoreOptions
{
    /// <summary>Defaults.</summary>
    public static GroupStoreOptions Default { get; } = new();

    /// <summary>How long the last sample of an ungrouped series is held after its push. Prometheus itself looks back five minutes.</summary>
    public TimeSpan UngroupedHold { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a deleted group is remembered, so that an older push that arrives late does not bring it back:
    /// as long as SQS can hold a message.
    /// </summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromDays(14);
}
