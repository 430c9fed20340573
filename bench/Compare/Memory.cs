namespace PushGateway.Bench.Compare;

/// <summary>Measures the memory of each build of the gateway while 1 GB of pushes passes through.</summary>
internal sealed class Memory(string folder)
{
    private const int Senders = 8;
    private const long StepBytes = 100_000_000;
    private const int Steps = 10;

    public async Task MeasureAsync(params IEnumerable<Server> servers)
    {
        Table.Begin("Memory while 1 GB passes through", ["RSS MB at MB pushed", .. Enumerable.Range(1, Steps).Select(step => $"{step * StepBytes / 1_000_000}"), "settled", "peak"]);
        foreach (var (server, groups) in servers.SelectMany(server => new[] { (server, 0), (server, 10) }))
        {
            await Console.Error.WriteLineAsync($"{server.Name}, 1 GB, {groups} groups");
            await using var running = await RunningServer.StartAsync(server, Path.Combine(folder, "data"));
            var target = Target.Of(server, groups);
            var bodies = Enumerable.Range(0, 4).Select(AllTypesPage.Create).ToArray();
            var rss = new List<double>();
            for (var step = 0; step < Steps; step++)
            {
                await PushAsync(running, target, bodies);
                rss.Add(running.RssMb);
            }

            await running.SettleAsync();
            Table.Row([$"{server.Name}, {(groups == 0 ? "no group" : $"{groups} groups")}", .. rss.Append(running.RssMb).Append(running.PeakMb).Select(Table.Count)]);
        }
    }

    private static Task PushAsync(RunningServer server, Target target, byte[][] bodies)
    {
        var pushes = (int)(StepBytes / bodies[0].Length);
        var next = 0;
        return Task.WhenAll(Enumerable.Range(0, Senders).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var push && push <= pushes)
            {
                var group = target.Groups == 0 ? 0 : push % target.Groups;
                await server.PushAsync(target, group, bodies[push % bodies.Length]);
            }
        }));
    }
}
