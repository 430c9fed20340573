namespace PushGateway.Bench.Compare;

/// <summary>What one server did under one load.</summary>
/// <param name="Load">What the load generator saw.</param>
/// <param name="Samples">Samples in a push.</param>
/// <param name="AnsweredCpu">The server's user and system time until the last answer.</param>
/// <param name="SettledCpu">Until everything that was answered had been dealt with.</param>
/// <param name="IsSettled">Whether that was waited for to the end.</param>
/// <param name="PeakMb">Peak resident set size, MB.</param>
internal readonly record struct Figures(
    LoadResult Load, int Samples, TimeSpan AnsweredCpu, TimeSpan SettledCpu, bool IsSettled, double PeakMb)
{
    public double PushesPerSecond => Load.Pushes / Load.Seconds;

    /// <summary>Microseconds of CPU a push, until answered.</summary>
    public double AnsweredUs => AnsweredCpu.TotalMicroseconds / Load.Pushes;

    /// <summary>Microseconds of CPU a push, until settled.</summary>
    public double SettledUs => SettledCpu.TotalMicroseconds / Load.Pushes;

    /// <summary>Loads a server that is at rest: once to warm up, once to measure.</summary>
    public static async Task<Figures> MeasureAsync(
        Load load, RunningServer server, Target target, int samples, TimeSpan warmUp, TimeSpan duration)
    {
        // What the load generator does not tell: that an answer below 400 is 2xx.
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
