using PushGateway.Testing;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// One execution environment: the bootstrap, its children, and the collector layer. All of them are frozen between invocations. The caller
/// must run only one invocation at a time.
/// </summary>
public sealed class Sandbox : IAsyncDisposable
{
    /// <summary>
    /// The time that Lambda gives the runtime and the extensions together, when there are extensions, before it kills them.
    /// </summary>
    static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(2);

    readonly FunctionOptions _options;
    readonly RuntimeApi _runtimeApi;
    readonly CollectorLayer? _collector;
    readonly ProcessGroup _group;
    readonly Lazy<Task<int>> _end;
    readonly Lazy<Task> _disposal;
    Task<bool> _settled = Task.FromResult(false);

    Sandbox(FunctionOptions options, RuntimeApi runtimeApi, CollectorLayer? collector, ChildProcess process)
    {
        _options = options;
        _runtimeApi = runtimeApi;
        _collector = collector;
        _group = new ProcessGroup(process.Id);
        _end = new(KillAsync);
        _disposal = new(DisposeOnceAsync);
        Process = process;
    }

    /// <summary>The bootstrap, for its id and output.</summary>
    public ChildProcess Process { get; }

    /// <summary>Whether it can take no further invocations.</summary>
    public bool HasEnded => _end.IsValueCreated || Process.HasExited;

    /// <summary>Kills it, as a crash would. The current invocation fails, and the next one gets another sandbox.</summary>
    public Task CrashAsync()
    {
        Kill();
        return Process.Exited;
    }

    /// <summary>
    /// Stops it, as a hang would, so that the current invocation times out. Does nothing to a sandbox that waits for an event.
    /// </summary>
    public void Stall() => _group.Freeze();

    /// <summary>Starts the processes. <see cref="InitializeAsync"/> tells whether the start succeeds.</summary>
    internal static async Task<Sandbox> StartAsync(FunctionOptions options, DeploymentPackage package)
    {
        var runtimeApi = await RuntimeApi.StartAsync();
        CollectorLayer? collector = null;
        try
        {
            if (options.Collector is { } collectorOptions)
                collector = await CollectorLayer.StartAsync(collectorOptions);
            // A new session makes the bootstrap the leader of a process group. setsid replaces itself with the bootstrap.
            var process = await ChildProcess.StartAsync(new ChildProcessStart(RealComponents.RequireOnPath("setsid"), package.Bootstrap)
            {
                Name = options.Name,
                Environment = SandboxEnvironment.Create(options, package, runtimeApi.Authority, collector?.Endpoint),
                ScrubbedPrefixes = [""],
                WorkingDirectory = package.TaskRoot,
                LineWritten = options.LineWritten,
            });
            return new Sandbox(options, runtimeApi, collector, process);
        }
        catch
        {
            if (collector is not null)
                await collector.DisposeAsync();
            await runtimeApi.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the runtime polls for its first event, then freezes it.</summary>
    /// <returns>Null, or why the start failed. The sandbox is dead in that case.</returns>
    internal async Task<InvocationResult?> InitializeAsync(TimeSpan limit, Invocation invocation)
    {
        var failure = await FailureAsync(limit, invocation);
        _settled = Task.FromResult(failure is null);
        return failure;
    }

    /// <summary>Thaws the sandbox for an event.</summary>
    /// <returns>
    /// The answer, as soon as the runtime has given it. What the runtime does until its next poll goes on, within the same time limit. Null
    /// when the sandbox had ended before and has not seen the event.
    /// </returns>
    internal async Task<InvocationResult?> InvokeAsync(Invocation invocation)
    {
        if (!await _settled || HasEnded)
            return null;
        Thaw();
        invocation.Deadline = DateTimeOffset.UtcNow + _options.Timeout;
        _runtimeApi.Deliver(invocation);
        _settled = SettleAsync(invocation);
        return await invocation.Answer;
    }

    /// <summary>Ends it as Lambda does: SIGTERM and some time when there is an extension, otherwise SIGKILL.</summary>
    internal async Task ShutDownAsync()
    {
        await _settled;
        if (_collector is not null && !HasEnded)
        {
            _group.Terminate();
            Thaw();
            await IsOverWithinAsync(ShutdownLimit, Process.Exited);
        }

        await _end.Value;
    }

    /// <summary>Kills it.</summary>
    public ValueTask DisposeAsync() => new(_disposal.Value);

    async Task DisposeOnceAsync()
    {
        await _end.Value;
        await Process.DisposeAsync();
        await _runtimeApi.DisposeAsync();
        if (_collector is not null)
            await _collector.DisposeAsync();
    }

    async Task<bool> SettleAsync(Invocation invocation)
    {
        var failure = await FailureAsync(_options.Timeout, invocation);
        if (failure is not null)
            invocation.Complete(failure);
        return failure is null;
    }

    async Task<InvocationResult?> FailureAsync(TimeSpan limit, Invocation invocation)
    {
        var ready = _runtimeApi.Ready;
        if (!await IsOverWithinAsync(limit, ready, Process.Exited))
        {
            await _end.Value;
            return _runtimeApi.InitFailed.IsCompleted ? await _runtimeApi.InitFailed : invocation.TimedOut(limit);
        }

        if (ready.IsCompleted && !Process.HasExited)
        {
            Freeze();
            return null;
        }

        var code = await _end.Value;
        return _runtimeApi.InitFailed.IsCompleted ? await _runtimeApi.InitFailed : invocation.Exited(code);
    }

    static async Task<bool> IsOverWithinAsync(TimeSpan limit, params Task[] tasks)
    {
        try
        {
            await Task.WhenAny(tasks).WaitAsync(limit);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    Task<int> KillAsync()
    {
        Kill();
        return Process.WaitForExitAsync();
    }

    // Kills the process first, because it may not have made its group yet. Then kills the whole group, because a child may hold the output
    // open after the bootstrap's end.
    void Kill()
    {
        Process.Kill();
        _group.Kill();
    }

    void Freeze()
    {
        _group.Freeze();
        _collector?.Freeze();
    }

    void Thaw()
    {
        _collector?.Thaw();
        _group.Thaw();
    }
}
