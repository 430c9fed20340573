using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Push;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>A group store that never answers when it is to confirm.</summary>
internal sealed class HangingGroups(MemoryGroupStore store) : IGroupStore
{
    private readonly TaskCompletionSource _confirming = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it is asked to confirm.</summary>
    public Task Confirming => _confirming.Task;

    public ValueTask ApplyAsync(IReadOnlyList<BatchedPush> pushes, GroupEffects effects, CancellationToken cancellationToken) =>
        store.ApplyAsync(pushes, effects, cancellationToken);

    public async ValueTask ConfirmAsync(IReadOnlyList<DueMarker> delivered, CancellationToken cancellationToken)
    {
        _confirming.TrySetResult();
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
    }

    public ValueTask<IHeldScan> OpenScanAsync(CancellationToken cancellationToken) => store.OpenScanAsync(cancellationToken);

    public IAsyncEnumerable<PushHeader> FindExpiredAsync(CancellationToken cancellationToken) => store.FindExpiredAsync(cancellationToken);
}
