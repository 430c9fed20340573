using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PushGateway.Aws.Lambda.Metrics;
using PushGateway.Buffers;

namespace PushGateway.Aws.Lambda;

/// <summary>
/// Fetches events from Lambda and has them answered, one after the other, from the host's start until its stop. An event that was already
/// fetched is answered even during a stop. When the Runtime API fails, the loop stops the host and sets the exit code to 1.
/// </summary>
internal sealed class InvocationLoop(
    RuntimeApiClient api,
    IEnumerable<TelemetryStart> starts,
    IEnumerable<TelemetryFlush> flushes,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<InvocationLoop> logger,
    EmbeddedMetrics? metrics = null)
{
    /// <summary>
    /// The work is cancelled this long before the deadline. Even the smallest function can then still report what was done.
    /// </summary>
    public static readonly TimeSpan DeadlineMargin = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest time that telemetry may take from an invocation.</summary>
    public static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Bytes allocated before garbage is collected between two invocations: dozens of small pushes, or a part of a large one.
    /// </summary>
    private const long CollectAfterBytes = 4 * 1024 * 1024;

    private const string TraceVariable = "_X_AMZN_TRACE_ID";

    private readonly TelemetryFlush[] _flushes = [.. flushes];
    private TelemetryStart[] _starts = [.. starts];
    private long _collectedAtBytes;
    private Task _flushing = Task.CompletedTask;

    public async Task RunAsync(IInvocationHandler handler, CancellationToken stopping)
    {
        try
        {
            // The first poll ends Lambda's init phase, which has a time limit and a CPU allowance of its own.
            await StartedAsync(stopping);
            _collectedAtBytes = GC.GetTotalAllocatedBytes();
            while (!stopping.IsCancellationRequested)
            {
                await HandleNextAsync(handler, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // Usually the Runtime API has failed. Whatever it was, a process that gets no events must end.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.LoopEnded(exception);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task StartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stopping);
    }

    private async Task HandleNextAsync(IInvocationHandler handler, CancellationToken stopping)
    {
        using var buffer = new PooledBuffer();
        var invocation = await api.NextAsync(buffer, stopping);
        Environment.SetEnvironmentVariable(TraceVariable, invocation.TraceId);
        StartTelemetry();
        if (await AnswerAsync(handler, invocation) is { } error)
        {
            logger.InvocationFailed(invocation.RequestId, error.ErrorType, error.Message);
            CheckTaken(invocation, await api.FailAsync(invocation.RequestId, error.ErrorType, error.Message));
        }

        WriteMetrics();
        await FlushAsync(invocation.Deadline);
        CollectGarbage();
    }

    // Returns null once the answer is posted.
    private async Task<InvocationException?> AnswerAsync(IInvocationHandler handler, Invocation invocation)
    {
        using var response = new PooledBuffer();
        if (await HandleAsync(handler, invocation, response) is { } error)
        {
            return error;
        }

        if (response.Written.IsEmpty)
        {
            return new InvocationException(InvocationException.ResponseMissing, "The function has no answer to this event.");
        }

        var status = await api.RespondAsync(invocation.RequestId, response.Written);
        if (status == HttpStatusCode.RequestEntityTooLarge)
        {
            return new InvocationException(
                InvocationException.ResponseTooLarge, $"The answer of {response.Written.Length} bytes is larger than Lambda takes.");
        }

        CheckTaken(invocation, status);
        return null;
    }

    private async Task<InvocationException?> HandleAsync(IInvocationHandler handler, Invocation invocation, PooledBuffer response)
    {
        var left = invocation.Deadline - time.GetUtcNow() - DeadlineMargin;
        using var deadline = TimeLimit.After(left, time);
        try
        {
            await handler.HandleAsync(invocation, response, deadline.Token);
            return null;
        }
        catch (InvocationException exception)
        {
            return exception;
        }
        catch (OperationCanceledException exception) when (deadline.IsCancellationRequested)
        {
            return new InvocationException(InvocationException.DeadlineExceeded, "The time for this event was up.", exception);
        }
#pragma warning disable CA1031 // Whatever it was, the invocation must be answered, and the process can go on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.InvocationThrew(invocation.RequestId, exception);
            return new InvocationException($"Function.{exception.GetType().Name}", exception.Message, exception);
        }
    }

    // Lambda refuses the answer to an invocation that it has given up. The next invocation is not affected.
    private void CheckTaken(Invocation invocation, HttpStatusCode status)
    {
        if (status != HttpStatusCode.Accepted)
        {
            logger.AnswerNotTaken(invocation.RequestId, (int)status);
        }
    }

    private void StartTelemetry()
    {
        foreach (var start in Interlocked.Exchange(ref _starts, []))
        {
            Attempt(start.Invoke);
        }
    }

    // Writes at once, without the time limit that a collector needs, because the metrics are only a line of the log.
    private void WriteMetrics()
    {
        if (metrics is not null)
        {
            Attempt(metrics.Write);
        }
    }

    // The answer is already posted, but the deadline still holds until the next poll.
    private async Task FlushAsync(DateTimeOffset deadline)
    {
        var left = deadline - time.GetUtcNow() - (DeadlineMargin / 2);
        var timeout = left < FlushTimeout ? left : FlushTimeout;
        if (_flushes.Length == 0 || timeout <= TimeSpan.Zero || !_flushing.IsCompleted)
        {
            return;
        }

        _flushing = Task.WhenAll(_flushes.Select(flush => Task.Run(() => Attempt(() => flush(timeout)))));
        await _flushing.WaitAsync(timeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Without this the heap grows to the size of the processor's cache before its first collection: 32 MB more than it needs. The answer is
    // posted, so nobody waits for the collection.
    private void CollectGarbage()
    {
        if (GC.GetTotalAllocatedBytes() - _collectedAtBytes >= CollectAfterBytes)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            _collectedAtBytes = GC.GetTotalAllocatedBytes();
        }
    }

    private void Attempt(Action telemetry)
    {
        try
        {
            telemetry();
        }
#pragma warning disable CA1031 // Telemetry must not cost an invocation.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.TelemetryFailed(exception);
        }
    }
}
