using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PushGateway.Aws.Lambda.Metrics;
using PushGateway.Buffers;

namespace PushGateway.Aws.Lambda;

/// <summary>
/// Asks Lambda for events and has them answered, one after the other, once the host has started and until it stops. An event that was
/// handed out is answered even so. When the Runtime API fails, the host is stopped and the exit code is 1.
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
    /// <summary>How long before the deadline the work is cancelled: time to say what was done, on the smallest function.</summary>
    public static readonly TimeSpan DeadlineMargin = TimeSpan.FromMilliseconds(500);

    /// <summary>Most time that telemetry may take from an invocation.</summary>
    public static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(1);

    /// <summary>What may be allocated before garbage is collected between two invocations: dozens of small pushes, or a part of a large one.</summary>
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
            // The first poll ends Lambda's init phase, which has a time limit and a CPU of its own.
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
#pragma warning disable CA1031 // Mostly the Runtime API's failure. Whatever it was, a process without events must not stay.
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

    // Null once the answer was posted.
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
#pragma warning disable CA1031 // Whatever it was, the invocation has to be answered, and the sandbox is as good as before.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.InvocationThrew(invocation.RequestId, exception);
            return new InvocationException($"Function.{exception.GetType().Name}", exception.Message, exception);
        }
    }

    // Lambda refuses the answer to an invocation that it has given up; the next one is not concerned.
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

    // Here and now, without the time limit that a collector needs: it is a line of the log.
    private void WriteMetrics()
    {
        if (metrics is not null)
        {
            Attempt(metrics.Write);
        }
    }

    // The answer is on its way, but until the next poll the deadline still holds.
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

    // By itself the heap grows to the size of the processor's cache before it is collected for the first time: 32 MB more than it needs. Nobody
    // waits for the function now.
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
