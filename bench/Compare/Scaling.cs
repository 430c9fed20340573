namespace PushGateway.Bench.Compare;

/// <summary>Measures the cost of a sample as pushes grow and as groups become more. It should stay the same.</summary>
internal sealed class Scaling(Load load, string folder)
{
    private const int SamplesToGroups = 10;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public async Task MeasureAsync(Server server)
    {
        Table.Begin("Cost by samples a push", "samples a push, no group", "pushes/s", "CPU µs a sample, answered", "settled", "× the least", "peak RSS MB");
        await using (var running = await RunningServer.StartAsync(server, Path.Combine(folder, "data")))
        {
            var target = Target.Of(server, 0);
            Print(await MeasureAllAsync(running, [1, 10, 100, 1000, 10_000], samples => (target, samples)));
        }

        Table.Begin($"Cost by groups", $"groups, {SamplesToGroups} samples a push", "pushes/s", "CPU µs a sample, answered", "settled", "× the least", "peak RSS MB");
        await using (var running = await RunningServer.StartAsync(server, Path.Combine(folder, "data")))
        {
            Print(await MeasureAllAsync(running, [10, 100, 1000, 10_000, 100_000], groups => (Target.Of(server, groups), SamplesToGroups)));
        }
    }

    private async Task<List<(int Size, Figures Figures)>> MeasureAllAsync(RunningServer running, int[] sizes, Func<int, (Target Target, int Samples)> loads)
    {
        var measured = new List<(int Size, Figures Figures)>();
        foreach (var size in sizes)
        {
            var (target, samples) = loads(size);
            await Console.Error.WriteLineAsync($"{size:#,0} of {sizes[^1]:#,0}");

            // Long enough to push to every group once, because the first push to a group costs more than those that replace it.
            var rate = measured is [.., (_, var last)] ? last.PushesPerSecond : double.PositiveInfinity;
            var seconds = Math.Clamp(1.3 * target.Groups / rate, measured is [] ? 4 : 1, 30);
            measured.Add((size, await Figures.MeasureAsync(load, running, target, samples, TimeSpan.FromSeconds(seconds), Duration)));
        }

        return measured;
    }

    private static void Print(List<(int Size, Figures Figures)> measured)
    {
        var least = measured.Min(cell => cell.Figures.SettledUs / cell.Figures.Samples);
        foreach (var (size, figures) in measured)
        {
            var sampleUs = figures.SettledUs / figures.Samples;
            Table.Row(
                Table.Count(size),
                figures.Load.Flaw ?? Table.Count(figures.PushesPerSecond),
                Table.Figure(figures.AnsweredUs / figures.Samples),
                Table.Figure(sampleUs),
                Table.Figure(sampleUs / least),
                Table.Count(figures.PeakMb));
        }
    }
}
