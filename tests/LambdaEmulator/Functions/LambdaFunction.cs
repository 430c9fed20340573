using PushGateway.Testing;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// A function. Its sandboxes start on demand and are reused. They are replaced after a crash, a timeout or a failed start.
/// </summary>
public sealed class LambdaFunction : IAsyncDisposable
{
    readonly Lock _gate = new();
    readonly DeploymentPackage _package;
    readonly Stack<Sandbox> _free = new();
    readonly HashSet<Sandbox> _all = [];
    int _busy;
    int _started;
    bool _disposed;

    /// <summary>Opens the package. No sandbox runs before the first invocation.</summary>
    /// <exception cref="ArgumentException">The function sets a reserved variable.</exception>
    /// <exception cref="InvalidDataException">Lambda could not start the package.</exception>
    public LambdaFunction(FunctionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        SandboxEnvironment.Check(options);
        Options = options;
        _package = DeploymentPackage.Open(options.Package);
    }

    /// <summary>Its configuration.</summary>
    public FunctionOptions Options { get; }

    /// <summary>How many sandboxes have been started so far.</summary>
    public int SandboxesStarted => Volatile.Read(ref _started);

    /// <summary>Whether a new invocation would not be throttled now.</summary>
    internal bool HasCapacity
    {
        get
        {
            lock (_gate)
                return _busy < Options.ReservedConcurrency;
        }
    }

    /// <summary>All sandboxes, busy or frozen.</summary>
    public IReadOnlyList<Sandbox> Sandboxes
    {
        get
        {
            lock (_gate)
                return [.. _all];
        }
    }

    /// <summary>Invokes the function synchronously. As in Lambda, the invocation goes on when the caller goes away.</summary>
    /// <param name="payload">The event, JSON.</param>
    public Task<InvocationResult> InvokeAsync(ReadOnlyMemory<byte> payload) => InvokeAsync(payload, TraceHeader.New());

    internal async Task<InvocationResult> InvokeAsync(ReadOnlyMemory<byte> payload, TraceHeader trace)
    {
        if (payload.Length > PayloadLimits.Request)
            return InvocationResult.RequestTooLarge;
        if (!TryEnter())
            return InvocationResult.Throttled;
        try
        {
            var invocation = new Invocation(payload, trace, Options.Arn);
            while (TryTake() is { } sandbox)
            {
                if (await sandbox.InvokeAsync(invocation) is { } result)
                    return await KeepAsync(sandbox, result);
                await ForgetAsync(sandbox);
            }

            return await StartAndInvokeAsync(invocation);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Ends the frozen sandboxes, as Lambda may do at any time. They can shut down where Lambda would allow it.</summary>
    public async Task RetireAsync()
    {
        while (TryTake() is { } sandbox)
        {
            await sandbox.ShutDownAsync();
            await ForgetAsync(sandbox);
        }
    }

    /// <summary>Kills every sandbox. Running invocations fail.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
            _disposed = true;
        // An invocation whose sandbox is killed during its start begins another start.
        await Poll.UntilAsync(
            async _ =>
            {
                foreach (var sandbox in Sandboxes)
                    await ForgetAsync(sandbox);
                return IsEmpty;
            },
            "the invocations to fail");
        _package.Dispose();
    }

    bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _busy == 0 && _all.Count == 0;
        }
    }

    async Task<InvocationResult> StartAndInvokeAsync(Invocation invocation)
    {
        var (sandbox, failure) = await StartAsync(Options.InitTimeout, invocation);
        // A failed start is tried once more as part of the invocation, within the function's timeout.
        if (sandbox is null)
            (sandbox, failure) = await StartAsync(Options.Timeout, invocation);
        if (sandbox is null)
            return failure!;
        // The sandbox may have been killed since.
        return await KeepAsync(sandbox, await sandbox.InvokeAsync(invocation) ?? invocation.Exited(0));
    }

    async Task<(Sandbox? Sandbox, InvocationResult? Failure)> StartAsync(TimeSpan limit, Invocation invocation)
    {
        Interlocked.Increment(ref _started);
        var sandbox = await Sandbox.StartAsync(Options, _package);
        lock (_gate)
            _all.Add(sandbox);
        var failure = await sandbox.InitializeAsync(limit, invocation);
        if (failure is null)
            return (sandbox, null);
        await ForgetAsync(sandbox);
        return (null, failure);
    }

    async Task<InvocationResult> KeepAsync(Sandbox sandbox, InvocationResult result)
    {
        if (sandbox.HasEnded)
        {
            await ForgetAsync(sandbox);
            return result;
        }

        lock (_gate)
            _free.Push(sandbox);
        return result;
    }

    async Task ForgetAsync(Sandbox sandbox)
    {
        lock (_gate)
            _all.Remove(sandbox);
        await sandbox.DisposeAsync();
    }

    Sandbox? TryTake()
    {
        lock (_gate)
            return _free.TryPop(out var sandbox) ? sandbox : null;
    }

    bool TryEnter()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_busy == Options.ReservedConcurrency)
                return false;
            _busy++;
            return true;
        }
    }

    void Leave()
    {
        lock (_gate)
            _busy--;
    }
}
