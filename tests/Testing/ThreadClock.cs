using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PushGateway.Testing;

/// <summary>Processor time of the current thread. The time of other threads and processes does not count.</summary>
public static class ThreadClock
{
    const int ThreadTime = 3;

    /// <summary>The time so far. Outside Linux it is elapsed time, which also grows with the machine's load.</summary>
    public static TimeSpan Now
    {
        get
        {
            if (!OperatingSystem.IsLinux())
                return Stopwatch.GetElapsedTime(0);
            return GetTime(ThreadTime, out var time) == 0
                ? new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick))
                : throw new InvalidOperationException("The kernel does not tell the time of a thread.");
        }
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    struct Time
    {
        internal nint Seconds;
        internal nint Nanoseconds;
    }
}
