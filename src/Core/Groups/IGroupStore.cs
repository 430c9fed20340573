using PushGateway.Model;

namespace PushGateway.Groups;

/// <summary>
/// The last state of every group, and for a while the last sample of every ungrouped series. Operations commute and may be
/// repeated: per family the last push time wins, and a replace or delete drops what was pushed before it, whatever the order
/// in which they arrive. Safe for concurrent use.
/// </summary>
public interface IGroupStore
{
    /// <summary>
    /// Applies pushes. Their effect is durable no later than the completion of the messages that brought them;
    /// a crash in between is healed by redelivery.
    /// </summary>
    ValueTask ApplyAsync(IReadOnlyList<GroupPush> pushes, CancellationToken cancellationToken);

    /// <summary>
    /// Appends what is held to <paramref name="destination"/>: the series of every group without timestamps
    /// (<see cref="Sample.NoTimestamp"/>), and the ungrouped series that have not expired with theirs.
    /// </summary>
    ValueTask ReadAsync(MetricBatch destination, CancellationToken cancellationToken);
}
