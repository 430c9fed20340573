using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace PushGateway.Testing;

/// <summary>
/// Starts child processes from one thread that lives as long as the test process. The kernel sends the parent death signal when the
/// starting thread ends, not when the process ends, and a thread of the pool may end at any time.
/// </summary>
static class Launcher
{
    const int SigInt = 2;

    static readonly BlockingCollection<Action> Work = [];
    static readonly ConcurrentDictionary<Process, bool> Running = new();
    static readonly string? Setpriv = ExecutablePath.Find("setpriv");

    static Launcher()
    {
        HeedInterrupt();
        new Thread(Run) { IsBackground = true, Name = "child process launcher" }.Start();

        // Without setpriv, this still ends the children of a test process that ends normally.
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            foreach (var process in Running.Keys)
                Kill(process);
        };
    }

    /// <summary>Starts the process so that it is killed when this process ends, even by SIGKILL.</summary>
    internal static Task StartAsync(Process process)
    {
        var start = process.StartInfo;
        if (Setpriv is not null)
        {
            string[] wrapped = ["--pdeathsig", "KILL", "--", start.FileName, .. start.ArgumentList];
            start.ArgumentList.Clear();
            foreach (var argument in wrapped)
                start.ArgumentList.Add(argument);
            start.FileName = Setpriv;
        }

        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                process.Start();
                Running[process] = true;
                started.SetResult();
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        });
        return started.Task;
    }

    internal static void Forget(Process process) => Running.TryRemove(process, out _);

    internal static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    // A shell without job control starts background processes with SIGINT ignored, and children inherit that. Without this, tests could not
    // send Ctrl-C to them.
    static void HeedInterrupt()
    {
        const string mask = "SigIgn:";
        if (!OperatingSystem.IsLinux())
            return;
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith(mask, StringComparison.Ordinal));
        var ignored = ulong.Parse(line.AsSpan(mask.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if ((ignored & (1UL << (SigInt - 1))) != 0)
            _ = SetSignalHandler(SigInt, IntPtr.Zero);
    }

    [DllImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern IntPtr SetSignalHandler(int signal, IntPtr handler);

    static void Run()
    {
        foreach (var action in Work.GetConsumingEnumerable())
            action();
    }
}
