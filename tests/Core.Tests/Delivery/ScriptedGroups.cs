using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Push;

namespace PushGateway.Core.Tests.Delivery;

/// <summary>A group store that is out of reach when it is told so.</summary>
internal sealed class ScriptedGroups(MemoryGroupStore store) : IGroupStore
{
    /// <summary>Why a push cannot be applied; null when it can.</summary>
    public Func<PushHeader, string?> Failure { get; set; } = _ => null;

    /// <summary>Why pushes cannot be confirmed; null when they can.</summary>
    public string? ConfirmFailure { get; set; }

    public ValueTask ApplyAsync(IReadOnlyList<BatchedPush> pushes, GroupEffects effects, CancellationToken cancellationToken)
    {
        for (var i = 0; i < pushes.Count; i++)
        {
            if (Failure(pushes[i].Header) is { } failure)
            {
                effects.Fail(i, failure);
            }
            else
            {
                store.Apply(pushes[i], effects, i);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ConfirmAsync(IReadOnlyList<DueMarker> delivered, CancellationToken cancellationToken) =>
        ConfirmFailure is { } failure
            ? throw new GroupStoreUnavailableException(failure)
            : store.ConfirmAsync(delivered, cancellationToken);

    public ValueTask<IHeldScan> OpenScanAsync(CancellationToken cancellationToken) => store.OpenScanAsync(cancellationToken);

    public IAsyncEnumerable<PushHeader> FindExpiredAsync(CancellationToken cancellationToken) => store.FindExpiredAsync(cancellationToken);
}
