namespace PushGateway.LambdaEmulator;

/// <summary>Makes callers wait while a sandbox is frozen.</summary>
sealed class FreezeGate
{
    readonly Lock _gate = new();
    TaskCompletionSource _open = Opened();

    internal void Freeze()
    {
        lock (_gate)
        {
            if (_open.Task.IsCompleted)
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    internal void Thaw()
    {
        lock (_gate)
            _open.TrySetResult();
    }

    /// <summary>Completes at once, or with the thaw when the sandbox is frozen.</summary>
    internal Task PassAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return _open.Task.WaitAsync(cancellationToken);
    }

    static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }
}
