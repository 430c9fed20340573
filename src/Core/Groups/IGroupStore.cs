using PushGateway.Exposition;
using PushGateway.Push;

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
    /// a crash in between is healed by redelivery. What the store has no room for, and what it cannot apply now because it is out of
    /// reach, is told in the effects, push by push: the others are applied.
    /// </summary>
    /// <param name="pushes">The pushes.</param>
    /// <param name="effects">
    /// Takes what they lead to. It may be too much for one call: <see cref="GroupEffects.Unfinished"/> says what to apply again.
    /// </param>
    /// <param name="cancellationToken">Ends the work between two pushes.</param>
    ValueTask ApplyAsync(IReadOnlyList<BatchedPush> pushes, GroupEffects effects, CancellationToken cancellationToken);

    /// <summary>
    /// The sink has these stale markers: they need not be kept for another delivery. Others stay, those of another part of the same push
    /// among them, which another receiver may have.
    /// </summary>
    /// <param name="delivered">Of what pushes have ended, the series whose markers the sink has.</param>
    /// <param name="cancellationToken">Ends the work between two groups.</param>
    /// <exception cref="GroupStoreUnavailableException">Some may not be confirmed: the pushes are to be applied and confirmed again.</exception>
    ValueTask ConfirmAsync(IReadOnlyList<DueMarker> delivered, CancellationToken cancellationToken);

    /// <summary>
    /// Opens a scan of everything that is held: groups that have had a push or a failure, and ungrouped series that have not expired.
    /// </summary>
    /// <exception cref="GroupStoreUnavailableException">The store cannot be read now. The scan, too, throws it.</exception>
    ValueTask<IHeldScan> OpenScanAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The expiries that are due: an <see cref="PushOperation.Expire"/> for every group whose time to live has passed, and again until it
    /// has been applied and confirmed. Whoever asks may end some before it asks for more.
    /// </summary>
    /// <exception cref="GroupStoreUnavailableException">The store cannot be read now.</exception>
    IAsyncEnumerable<PushHeader> FindExpiredAsync(CancellationToken cancellationToken);
}
