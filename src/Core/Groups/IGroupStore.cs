using PushGateway.Model;
using PushGateway.Queue;

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
    /// <param name="pushes">The pushes.</param>
    /// <param name="stale">
    /// Takes the series that the pushes have ended: those a replace or delete dropped, and those of a push that came after the one that
    /// overtook it. A push applied again ends the same series again, until <see cref="ConfirmAsync"/>. Null when there is no sink to tell.
    /// </param>
    /// <param name="cancellationToken">Ends the work between two pushes.</param>
    ValueTask ApplyAsync(IReadOnlyList<GroupPush> pushes, ICollection<StaleSeries>? stale, CancellationToken cancellationToken);

    /// <summary>The sink has the stale markers of these pushes: they need not be kept for another delivery.</summary>
    ValueTask ConfirmAsync(IReadOnlyList<PushHeader> pushes, CancellationToken cancellationToken);

    /// <summary>
    /// Appends what is held to <paramref name="destination"/>: the series of every group without timestamps
    /// (<see cref="Sample.NoTimestamp"/>), and the ungrouped series that have not expired with theirs.
    /// </summary>
    ValueTask ReadAsync(MetricBatch destination, CancellationToken cancellationToken);
}
