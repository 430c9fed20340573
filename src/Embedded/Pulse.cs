namespace PushGateway.Embedded;

/// <summary>
/// Wakes whoever waits. Take <see cref="Next"/>, look whether there is something to do, and only then wait for it:
/// a pulse in between is not lost.
/// </summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes with the next pulse.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Fire() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
