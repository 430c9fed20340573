namespace PushGateway.Delivery;

/// <summary>Lets one loop sleep until another has something for it. A signal that comes before the wait is not lost.</summary>
internal sealed class WakeUp(TimeProvider time)
{
    private TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Wakes the loop.</summary>
    public void Signal() => Volatile.Read(ref _signal).TrySetResult();

    /// <summary>Waits for a signal, for at most a time. Returns early when the token is cancelled, too.</summary>
    public async Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var signal = Volatile.Read(ref _signal);
        await using var timer = time.CreateTimer(_ => signal.TrySetResult(), null, limit, Timeout.InfiniteTimeSpan);
        await using var registration = cancellationToken.Register(() => signal.TrySetResult());
        await signal.Task;
        Volatile.Write(ref _signal, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
