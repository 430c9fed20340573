using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PushGateway.Testing;

/// <summary>
/// A process that a test started. It is killed, with its children, when this object is disposed, and when the test process ends in any way.
/// The last lines of its output are kept for failure messages.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    const int SigInt = 2;
    const int SigTerm = 15;
    const int SigCont = 18;
    const int SigStop = 19;
    const int KeptLines = 400;

    readonly Process _process;
    readonly OutputRing _standardOutput = new(KeptLines);
    readonly OutputRing _output = new(KeptLines);
    readonly Action<string>? _lineWritten;
    readonly Task _outputEnded;
    int _disposed;

    ChildProcess(ChildProcessStart start, Process process)
    {
        Name = start.Name ?? Path.GetFileName(start.FileName);
        _process = process;
        _lineWritten = start.LineWritten;
        Id = process.Id;
        Exited = process.WaitForExitAsync();
        _outputEnded = Task.WhenAll(
            ReadAsync(process.StandardOutput, _standardOutput),
            ReadAsync(process.StandardError, null));
    }

    /// <summary>Its name in failure messages.</summary>
    public string Name { get; }

    /// <summary>The process id. It stays valid after the process has ended.</summary>
    public int Id { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _disposed != 0 || _process.HasExited;

    /// <summary>Completes when the process has ended. A child of it may still hold its output open.</summary>
    public Task Exited { get; }

    /// <summary>The last lines of standard output and standard error, in the order of arrival.</summary>
    public string Output => _output.ToString();

    /// <summary>The last lines of standard output.</summary>
    public IReadOnlyList<string> StandardOutput => _standardOutput.Lines;

    /// <summary>Starts a program. It may not be ready yet when this method returns.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public static async Task<ChildProcess> StartAsync(ChildProcessStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        var info = new ProcessStartInfo(start.FileName)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = start.WorkingDirectory ?? "",
        };
        foreach (var argument in start.Arguments)
            info.ArgumentList.Add(argument);
        foreach (var name in info.Environment.Keys.Where(start.IsScrubbed).ToList())
            info.Environment.Remove(name);
        foreach (var (name, value) in start.Environment)
            info.Environment[name] = value;

        var process = new Process { StartInfo = info };
        try
        {
            await Launcher.StartAsync(process);
        }
        catch
        {
            process.Dispose();
            throw;
        }

        var child = new ChildProcess(start, process);
        await child.SendInputAsync(start.StandardInput);
        return child;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="TimeoutException">It did not end in time; it was killed.</exception>
    public static async Task<ProcessResult> RunAsync(ChildProcessStart start, TimeSpan? deadline = null)
    {
        await using var child = await StartAsync(start);
        var code = await child.WaitForExitAsync(deadline ?? Poll.DefaultDeadline);
        return new ProcessResult(code, child._standardOutput.ToString(), child.Output);
    }

    /// <summary>Polls until the process is ready. Throws at once, with the output, when the process ends first.</summary>
    /// <param name="ready">Returns whether the process is ready. An exception counts as "not yet".</param>
    /// <param name="deadline"><see cref="Poll.DefaultDeadline"/> when null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The process ended.</exception>
    /// <exception cref="TimeoutException">The process was not ready in time.</exception>
    public async Task WaitUntilReadyAsync(
        Func<CancellationToken, Task<bool>> ready,
        TimeSpan? deadline = null,
        CancellationToken cancellationToken = default)
    {
        try
        {
            await Poll.UntilAsync(
                async token =>
                {
                    if (HasExited)
                        throw new Poll.FinalException(await DescribeEndAsync());
                    return await ready(token);
                },
                $"{Name} to become ready",
                deadline,
                cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}{Environment.NewLine}Its output:{Environment.NewLine}{Output}", exception);
        }
    }

    /// <summary>
    /// Polls until a line of standard output contains the text. Only the last lines are kept, so older lines are not found.
    /// </summary>
    public Task WaitForLineAsync(string text, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        WaitUntilReadyAsync(
            _ => Task.FromResult(StandardOutput.Any(line => line.Contains(text, StringComparison.Ordinal))),
            deadline,
            cancellationToken);

    /// <summary>Waits for the end and returns the exit code. When a signal ended the process, it is 128 plus the signal's number.</summary>
    /// <exception cref="TimeoutException">The process did not end in time and still runs.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan? deadline = null)
    {
        using var expiry = new CancellationTokenSource(deadline ?? Poll.DefaultDeadline);
        try
        {
            await _process.WaitForExitAsync(expiry.Token);
            // A grandchild that keeps the pipe open must not hang a test.
            await _outputEnded.WaitAsync(expiry.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Name} did not end in time. Its output:{Environment.NewLine}{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>Sends SIGKILL to the whole tree. Returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        Launcher.Kill(_process);
        await WaitForExitAsync();
    }

    /// <summary>Sends SIGKILL to the process, and not to its children. The process may still run when this returns.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It is gone already.
        }
    }

    /// <summary>Sends SIGTERM to the process, waits for its end, and returns the exit code.</summary>
    /// <exception cref="TimeoutException">The process did not end in time and still runs.</exception>
    public Task<int> TerminateAsync(TimeSpan? deadline = null)
    {
        Terminate();
        return WaitForExitAsync(deadline);
    }

    /// <summary>Sends SIGTERM to the process. It may still run when this method returns.</summary>
    public void Terminate() => Signal(SigTerm);

    /// <summary>Sends SIGINT to the process, as Ctrl-C does. It may still run when this method returns.</summary>
    public void Interrupt() => Signal(SigInt);

    /// <summary>Sends SIGSTOP. The process's sockets stay open, but it answers nothing until <see cref="Thaw"/>.</summary>
    public void Freeze() => Signal(SigStop);

    /// <summary>Sends SIGCONT.</summary>
    public void Thaw() => Signal(SigCont);

    /// <summary>Kills the process when it still runs. Returns when it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed != 0)
            return;
        await KillAsync();
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Launcher.Forget(_process);
            _process.Dispose();
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SendSignal(int processId, int signal);

    void Signal(int signal)
    {
        if (!_process.HasExited)
            _ = SendSignal(Id, signal);
    }

    async Task SendInputAsync(string? text)
    {
        try
        {
            if (text is not null)
                await _process.StandardInput.WriteAsync(text);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process ended without reading. Its exit code and output say why.
        }
    }

    async Task ReadAsync(StreamReader reader, OutputRing? own)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            own?.Add(line);
            _output.Add(line);
            _lineWritten?.Invoke(line);
        }
    }

    async Task<Exception> DescribeEndAsync()
    {
        var code = await WaitForExitAsync();
        return new InvalidOperationException($"{Name} ended with exit code {code}. Its output:{Environment.NewLine}{Output}");
    }
}
