namespace PushGateway.Testing;

/// <summary>
/// The built Worker as a real process. Variables of the machine that configure a gateway, an SDK or an exporter are not passed to it.
/// </summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    readonly TempFolder _folder;
    readonly ChildProcessStart _start;
    readonly string? _readyLine;

    WorkerProcess(TempFolder folder, ChildProcessStart start, string? readyLine, ChildProcess process)
    {
        _folder = folder;
        _start = start;
        _readyLine = readyLine;
        Process = process;
    }

    /// <summary>The current process, or the last one.</summary>
    public ChildProcess Process { get; private set; }

    /// <summary>Starts a worker.</summary>
    /// <param name="environment">Its configuration.</param>
    /// <param name="readyLine">Text of a line on standard output to wait for. When null, the method does not wait.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The process ended before it was ready. The message holds its output.</exception>
    public static async Task<WorkerProcess> StartAsync(
        IReadOnlyDictionary<string, string> environment,
        string? readyLine = null,
        IReadOnlyList<string>? arguments = null,
        CancellationToken cancellationToken = default)
    {
        var folder = new TempFolder();
        try
        {
            var start = DotnetProgram.Prepare("Worker", environment, folder.FullPath, arguments ?? []);
            var worker = new WorkerProcess(folder, start, readyLine, await ChildProcess.StartAsync(start));
            try
            {
                await worker.WaitUntilReadyAsync(cancellationToken);
                return worker;
            }
            catch
            {
                await worker.Process.DisposeAsync();
                throw;
            }
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Runs a worker that is expected to end by itself because it cannot start.</summary>
    /// <param name="environment">Its configuration.</param>
    /// <exception cref="TimeoutException">It did not end in time and was killed.</exception>
    public static async Task<ProcessResult> RunAsync(IReadOnlyDictionary<string, string> environment)
    {
        using var folder = new TempFolder();
        return await ChildProcess.RunAsync(
            DotnetProgram.Prepare("Worker", environment, folder.FullPath, []), TimeSpan.FromSeconds(120));
    }

    /// <summary>Sends SIGKILL. Returns when the process is gone.</summary>
    public Task KillAsync() => Process.KillAsync();

    /// <summary>Sends SIGTERM: the worker finishes its messages and ends. Returns its exit code.</summary>
    public Task<int> StopAsync(TimeSpan? deadline = null) => Process.TerminateAsync(deadline);

    /// <summary>Starts the ended worker with the same configuration.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        if (!Process.HasExited)
            throw new InvalidOperationException($"{Process.Name} still runs.");
        await Process.DisposeAsync();
        Process = await ChildProcess.StartAsync(_start);
        await WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>Kills the worker.</summary>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }

    Task WaitUntilReadyAsync(CancellationToken cancellationToken) =>
        _readyLine is null ? Task.CompletedTask : Process.WaitForLineAsync(_readyLine, cancellationToken: cancellationToken);
}
