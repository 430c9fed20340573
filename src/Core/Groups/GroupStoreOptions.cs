namespace PushGateway.Groups;

/// <summary>How much a group store holds, and for how long.</summary>
public sealed record GroupStoreOptions
{
    /// <summary>Defaults.</summary>
    public static GroupStoreOptions Default { get; } = new();

    /// <summary>
    /// Most groups held; a push that would make another is refused. Ten million series of ten a group: what a large Prometheus takes.
    /// </summary>
    public int MaxGroups { get; init; } = 1_000_000;

    /// <summary>Most series of one group; a push that would make it larger is refused. Ten times what a busy node_exporter exposes.</summary>
    public int MaxSeriesPerGroup { get; init; } = 100_000;

    /// <summary>How long the last sample of an ungrouped series is held after its push. Prometheus itself looks back five minutes.</summary>
    public TimeSpan UngroupedHold { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a deleted group is remembered, so that an older push that arrives late does not bring it back:
    /// as long as SQS can hold a message.
    /// </summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromDays(14);
}
