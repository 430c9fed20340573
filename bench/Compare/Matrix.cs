namespace PushGateway.Bench.Compare;

/// <summary>Measures every server under the same loads.</summary>
internal sealed class Matrix(Load load, string folder)
{
    private static readonly int[] SamplesAPush = [1, 100, 2000];
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    // By samples and groups. The other servers of a cell are compared with its first one.
    private readonly Dictionary<(int Samples, int Groups), List<(string Server, Figures Figures)>> _cells = [];

    /// <summary>Measures a server with pushes of every size, for each number of groups; 0 means without a group.</summary>
    public async Task MeasureAsync(Server server, params int[] groupCounts)
    {
        foreach (var samples in SamplesAPush)
        {
            await using var running = await RunningServer.StartAsync(server, Path.Combine(folder, "data"));
            var warmUp = FirstWarmUp;
            foreach (var groups in groupCounts)
            {
                var figures = await Figures.MeasureAsync(load, running, Target.Of(server, groups), samples, warmUp, Duration);
                await Console.Error.WriteLineAsync($"{server.Name}, {samples} samples, {groups} groups: {figures.PushesPerSecond:0} pushes/s");
                var key = (samples, groups);
                _cells[key] = [.. _cells.GetValueOrDefault(key, []), (server.Name, figures)];
                warmUp = WarmUp;
            }
        }
    }

    public void Print()
    {
        Table.Begin(
            "Pushes over 8 connections",
            "samples a push", "groups", "server", "pushes/s", "CPU µs a push, answered", "settled", "CPU µs a sample, answered", "settled",
            "p50 ms", "p99 ms", "peak RSS MB", "pushes/s ×", "CPU ×");
        foreach (var ((samples, groups), servers) in _cells.OrderBy(cell => cell.Key))
        {
            foreach (var (server, figures) in servers)
            {
                Print(samples, groups, server, figures, servers[0].Figures);
            }
        }
    }

    private static void Print(int samples, int groups, string server, Figures figures, Figures first)
    {
        string[] cell = [Table.Count(samples), groups == 0 ? "none" : Table.Count(groups), server];
        if (figures.Load.Flaw is { } flaw)
        {
            Table.Row([.. cell, flaw, .. Enumerable.Repeat("", 9)]);
            return;
        }

        var unsettled = figures.IsSettled ? "" : ", and more: it did not come to rest";
        Table.Row(
        [
            .. cell,
            Table.Count(figures.PushesPerSecond),
            Table.Figure(figures.AnsweredUs),
            Table.Figure(figures.SettledUs) + unsettled,
            Table.Figure(figures.AnsweredUs / samples),
            Table.Figure(figures.SettledUs / samples),
            Table.Figure(figures.Load.P50Ms),
            Table.Figure(figures.Load.P99Ms),
            Table.Count(figures.PeakMb),
            Table.Ratio(figures.PushesPerSecond / first.PushesPerSecond),
            Table.Ratio(figures.SettledUs / first.SettledUs),
        ]);
    }
}
