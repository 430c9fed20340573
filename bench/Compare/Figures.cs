namespace PushGateway.Bench.Compare;

/// <summary>The measurements of one server under one load.</summary>
/// <param name="Load">The result of the load generator.</param>
/// <param name="Samples">Samples in a push.</param>
/// <param name="AnsweredCpu">The server's user and system time until the last answer.</param>
/// <param name="SettledCpu">The server's user and system time until everything that was answered has been processed.</param>
/// <param name="IsSettled">Whether the server came to rest within the deadline.</param>
/// <param name="PeakMb">Peak resident set size, MB.</param>
internal readonly record struct Figures(
    LoadResult Load, int Samples, TimeSpan AnsweredCpu, TimeSpan SettledCpu, bool IsSettled, double PeakMb)
{
    public double PushesPerSecond => Load.Pushes / Load.Seconds;

    /// <summary>Microseconds of CPU per push until the answer.</summary>
    public double AnsweredUs => AnsweredCpu.TotalMicroseconds / Load.Pushes;

    /// <summary>Microseconds of CPU per push until the server has settled.</summary>
    public double SettledUs => SettledCpu.TotalMicroseconds / Load.Pushes;

    /// <summary>Loads an idle server twice: to warm up, and to measure.</summary>
    public static async Task<Figures> MeasureAsync(
        Load load, RunningServer server, Target target, int samples, TimeSpan warmUp, TimeSpan duration)
    {
        // The load generator counts every status below 400 as success, so one push is first checked for a 2xx.
        await server.PushAsync(target, group: 0, Pages.NodeExporter(samples));
        await load.RunAsync(server, target, samples, warmUp);
        await server.SettleAsync();
        server.ResetPeak();
        var before = server.Cpu;
        var result = await load.RunAsync(server, target, samples, duration);
        var answered = server.Cpu - before;
        var settled = await server.SettleAsync();
        return new Figures(result, samples, answered, server.Cpu - before, settled, server.PeakMb);
    }
}
