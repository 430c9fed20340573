namespace PushGateway.Embedded;

/// <summary>
/// Wakes the waiting threads. To wait, read <see cref="Next"/>, check whether there is something to do, and only then await the task. A
/// pulse during the check is then not lost.
/// </summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes with the next pulse.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Fire() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
