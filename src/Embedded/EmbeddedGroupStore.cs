using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Push;

namespace PushGateway.Embedded;

/// <summary>
/// The group store in memory, persisted in the queue's database. The transaction that removes completed messages also writes the group
/// state that they led to. After a crash before that transaction the messages come again.
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
    public async ValueTask ConfirmAsync(IReadOnlyList<DueMarker> delivered, CancellationToken cancellationToken)
    {
        await _memory.ConfirmAsync(delivered, cancellationToken);
        _checkpointer.Schedule();
    }

    /// <inheritdoc/>
    public ValueTask<IHeldScan> OpenScanAsync(CancellationToken cancellationToken) => _memory.OpenScanAsync(cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<PushHeader> FindExpiredAsync(CancellationToken cancellationToken) => _memory.FindExpiredAsync(cancellationToken);

    /// <summary>Makes sure that there will be room for a push, as <see cref="MemoryGroupStore.Reserve"/> does. A restart forgets the places.</summary>
    public PushError? Reserve(in BatchedPush push) => _memory.Reserve(push);

    /// <summary>A push that has a place will not come.</summary>
    public void Release(PushHeader push) => _memory.Release(push);

    /// <summary>Stops the removal of what has expired.</summary>
    internal void Close() => _purgeTimer.Dispose();

    private void Purge(DateTimeOffset now)
    {
        _memory.Purge(now);
        _checkpointer.Schedule();
    }
}
