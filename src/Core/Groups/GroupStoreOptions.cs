using System.Globalization;
using PushGateway.Configuration;
using PushGateway.Push;

namespace PushGateway.Groups;

/// <summary>How much a group store holds, and for how long.</summary>
public sealed record GroupStoreOptions
{
    /// <summary>Defaults.</summary>
    public static GroupStoreOptions Default { get; } = new();

    /// <summary>
    /// Reads <c>PUSHGATEWAY_MAX_GROUPS</c>, <c>PUSHGATEWAY_MAX_GROUP_SERIES</c>, <c>PUSHGATEWAY_MAX_UNGROUPED_SERIES</c> and
    /// <c>PUSHGATEWAY_UNGROUPED_HOLD</c>.
    /// </summary>
    public static GroupStoreOptions Read(SettingsReader settings) => new()
    {
        MaxGroups = (int)settings.Number("PUSHGATEWAY_MAX_GROUPS", Default.MaxGroups, 1, int.MaxValue),
        MaxSeriesPerGroup = (int)settings.Number("PUSHGATEWAY_MAX_GROUP_SERIES", Default.MaxSeriesPerGroup, 1, int.MaxValue),
        MaxUngroupedSeries = (int)settings.Number("PUSHGATEWAY_MAX_UNGROUPED_SERIES", Default.MaxUngroupedSeries, 1, int.MaxValue),
        UngroupedHold = settings.Duration("PUSHGATEWAY_UNGROUPED_HOLD", Default.UngroupedHold, TimeSpan.Zero),
    };

    /// <summary>Most groups held; a push that would make another is refused. At ten series a group, what a large Prometheus takes.</summary>
    public int MaxGroups { get; init; } = 1_000_000;

    /// <summary>Most series of one group; a push that would make it larger is refused. Ten times what a busy node_exporter exposes.</summary>
    public int MaxSeriesPerGroup { get; init; } = 100_000;

    /// <summary>
    /// Most ungrouped series held at a time; a push that would make more is refused. A million takes about 400 MB of memory.
    /// </summary>
    public int MaxUngroupedSeries { get; init; } = 1_000_000;

    /// <summary>How long the last sample of an ungrouped series is held after its push. Prometheus itself looks back five minutes.</summary>
    public TimeSpan UngroupedHold { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a deleted group is remembered, so that an older push that arrives late does not bring it back:
    /// as long as SQS can hold a message.
    /// </summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromDays(14);

    /// <summary>
    /// Whether pushes come from an ordered queue: in the order of their times, and those of a millisecond together. A push that is older than
    /// what is held was then applied before, and the newer ones bring the stale markers. A marker may have the time of the last sample, which
    /// it supersedes.
    /// </summary>
    public bool IsOrdered { get; init; }

    internal PushError TooManyGroups =>
        new(RejectCode.TooManyGroups, string.Create(CultureInfo.InvariantCulture, $"there are {MaxGroups} groups already"));

    internal PushError TooManySeries => new(
        RejectCode.TooManySeries,
        string.Create(CultureInfo.InvariantCulture, $"there are {MaxUngroupedSeries} series without a group already"));

    /// <summary>Checks the number of series of a group; null when it is within the limit.</summary>
    public PushError? CheckSeries(int series) => series > MaxSeriesPerGroup
        ? new PushError(
            RejectCode.GroupTooLarge,
            string.Create(CultureInfo.InvariantCulture, $"the group would have {series} series, more than {MaxSeriesPerGroup}"))
        {
            FailsGroup = true,
        }
        : null;
}
