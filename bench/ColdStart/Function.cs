using System.Diagnostics;
using System.Globalization;

namespace PushGateway.Bench.ColdStart;

/// <summary>A function that can be started: its <c>bootstrap</c>, and the event for it.</summary>
internal sealed record Function(string Name, string Bootstrap, byte[] Event)
{
    // The function runs on the last core. The services that it calls run on the others.
    private static readonly string Core = (System.Environment.ProcessorCount - 1).ToString(CultureInfo.InvariantCulture);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Starts the function in a new process, has one event answered, and ends the process.</summary>
    public async Task<Start> StartAsync(Cloud cloud)
    {
        using var timeout = new CancellationTokenSource(Deadline);
        cloud.Send(Event);
        var (process, started) = Launch(cloud);
        using (process)
        {
            try
            {
                var polled = await cloud.Polls.ReadAsync(timeout.Token);
                var answered = await cloud.Answers.ReadAsync(timeout.Token);
                await cloud.Polls.ReadAsync(timeout.Token);
                process.Refresh();
                return new Start(
                    Stopwatch.GetElapsedTime(started, polled).TotalMilliseconds,
                    Stopwatch.GetElapsedTime(started, answered).TotalMilliseconds,
                    process.TotalProcessorTime.TotalMilliseconds,
                    PeakMb(process));
            }
            finally
            {
                await EndAsync(process, cloud);
            }
        }
    }

    /// <summary>
    /// Has a started function answer events, one after the other. Returns the median time from event to answer, and the peak memory at the
    /// end.
    /// </summary>
    public async Task<Start> RunWarmAsync(Cloud cloud, int invocations)
    {
        var (process, _) = Launch(cloud);
        using (process)
        {
            try
            {
                var taken = new List<double>(invocations);
                for (var i = 0; i <= invocations; i++)
                {
                    using var timeout = new CancellationTokenSource(Deadline);
                    await cloud.Polls.ReadAsync(timeout.Token);
                    var sent = Stopwatch.GetTimestamp();
                    cloud.Send(Event);
                    taken.Add(Stopwatch.GetElapsedTime(sent, await cloud.Answers.ReadAsync(timeout.Token)).TotalMilliseconds);
                }

                taken.RemoveAt(0);
                taken.Sort();
                await cloud.Polls.ReadAsync(new CancellationTokenSource(Deadline).Token);
                return new Start(0, taken[taken.Count / 2], 0, PeakMb(process));
            }
            finally
            {
                await EndAsync(process, cloud);
            }
        }
    }

    private (Process Process, long Started) Launch(Cloud cloud)
    {
        // As on Lambda, the code's folder is the working directory.
        var start = new ProcessStartInfo("taskset", ["--cpu-list", Core, Bootstrap])
        {
            WorkingDirectory = Path.GetDirectoryName(Bootstrap),
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in cloud.Environment())
        {
            start.Environment.Add(name, value);
        }

        start.Environment.Add("PATH", System.Environment.GetEnvironmentVariable("PATH"));
        var started = Stopwatch.GetTimestamp();
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{Bootstrap} cannot be started.");
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        return (process, started);
    }

    // Waits until this process's request for an event is gone, so that the next function's event does not go to it.
    private static async Task EndAsync(Process process, Cloud cloud)
    {
        process.Kill();
        await process.WaitForExitAsync();
        await cloud.PollEndedAsync();
    }

    // By now taskset has replaced itself with the function, in the same process.
    private static double PeakMb(Process process)
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1000.0;
    }
}
