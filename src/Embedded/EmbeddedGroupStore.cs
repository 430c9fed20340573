using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Push;

namespace PushGateway.Embedded;

/// <summary>
/// The group store in memory, kept in the queue's database: in the transaction that removes completed messages, the state that they
/// led to is written too. A crash before that brings the messages again.
/// </summary>
public sealed class EmbeddedGroupStore : IGroupStore
{
    private static readonly TimeSpan PurgeInterval = TimeSpan.FromSeconds(30);

    private readonly MemoryGroupStore _memory;
    private readonly Checkpointer _checkpointer;
    private readonly ITimer _purgeTimer;

    internal EmbeddedGroupStore(MemoryGroupStore memory, Checkpointer checkpointer, TimeProvider timeProvider)
    {
        _memory = memory;
        _checkpointer = checkpointer;
        _purgeTimer = timeProvider.CreateTimer(_ => Purge(timeProvider.GetUtcNow()), null, PurgeInterval, PurgeInterval);
    }

    /// <inheritdoc/>
    public async ValueTask ApplyAsync(IReadOnlyList<BatchedPush> pushes, GroupEffects effects, CancellationToken cancellationToken)
    {
        await _memory.ApplyAsync(pushes, effects, cancellationToken);
        _checkpointer.Schedule();
    }

    /// <inheritdoc/>
    public async ValueTask ConfirmAsync(IReadOnlyList<BatchedPush> pushes, IReadOnlyList<DueMarker> delivered, CancellationToken cancellationToken)
    {
        await _memory.ConfirmAsync(pushes, delivered, cancellationToken);
        _checkpointer.Schedule();
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(GroupReading destination, CancellationToken cancellationToken) => _memory.ReadAsync(destination, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PushHeader>> FindExpiredAsync(CancellationToken cancellationToken) => _memory.FindExpiredAsync(cancellationToken);

    /// <summary>Whether there is no room for a push now, by what has been applied so far; null when there is.</summary>
    public PushError? Check(in BatchedPush push) => _memory.Check(push);

    /// <summary>Ends purging.</summary>
    internal void Close() => _purgeTimer.Dispose();

    private void Purge(DateTimeOffset now)
    {
        _memory.Purge(now);
        _checkpointer.Schedule();
    }
}
