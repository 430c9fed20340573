using PushGateway.Aws.DynamoDb;
using PushGateway.Simulation.Targets;

namespace PushGateway.Simulation.Aws;

/// <summary>A run on AWS that a seed chose: which target, which clients, and what goes wrong.</summary>
internal static class FleetScenario
{
    // A message with one series always fits.
    private const int MinMessageBytes = 400;
    private const int MaxMessageBytes = 700;

    // A group takes several chunks.
    private static readonly DynamoGroupLimits SmallItems = new() { MaxItemBytes = 400, ChunkBytes = 150, MaxChunks = 1000 };

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMinutes(10);

    /// <summary>Runs the scenario of a seed and returns what does not hold after it.</summary>
    public static IReadOnlyList<string> Run(int seed)
    {
        var chance = new Random(seed);
        var window = chance.Next(2) == 0 ? TimeSpan.FromMinutes(1) : LongestWindow;
        var options = new FleetOptions
        {
            Workers = chance.Next(1, 6),
            BatchSize = chance.Next(2) == 0 ? 10 : 100,
            Skews = [.. Enumerable.Range(0, chance.Next(1, 4)).Select(_ => TimeSpan.FromSeconds((chance.NextDouble() * 20) - 10))],
            VisibilityTimeout = TimeSpan.FromSeconds(chance.Next(15, 60)),
            OutOfOrderWindow = window,
        };
        if (chance.Next(4) == 0)
        {
            // A push in several messages has the time of its Api.
            options = options with { MaxMessageBytes = chance.Next(MinMessageBytes, MaxMessageBytes), Skews = [TimeSpan.Zero] };
        }

        if (chance.Next(3) == 0)
        {
            options = options with { GroupLimits = SmallItems };
        }

        TimeSpan? maxSampleAge = chance.Next(2) == 0 ? TimeSpan.FromHours(1) : null;
        var maxSamples = chance.Next(3) switch { 0 => 5, 1 => 50, _ => 500 };
        Fleet fleet = null!;
        var simulation = new Simulation(
            seed, ChooseTarget(chance, window), maxSamples, maxSampleAge, start: simulation => fleet = new Fleet(simulation, options));
        AddClients(simulation, chance);
        AddTroubles(simulation, chance);
        AddTroubles(simulation, fleet.Table, chance);
        var violations = simulation.Run(Duration, TimeSpan.FromHours(2));
        return window < LongestWindow ? violations : [.. violations, .. LettersOfGoodClients(simulation)];
    }

    // No message is away for as long as this window is.
    private static IEnumerable<string> LettersOfGoodClients(Simulation simulation) =>
        from push in simulation.Pushes
        where push.IsPrompt
        from message in push.Messages
        where simulation.Disk.DeadLetters.ContainsKey(message)
        select $"push {push.PushTimeNs} of {push.Expected[0]} is dead-lettered: {simulation.Disk.DeadLetters[message].Detail}";

    private static Target ChooseTarget(Random chance, TimeSpan window) => chance.Next(4) switch
    {
        0 => new PrometheusTarget(window),
        1 => new VictoriaMetricsTarget(),
        _ => new MimirTarget(window),
    };

    private static void AddClients(Simulation simulation, Random chance)
    {
        simulation.Repeats("a", chance.Next(1, 9), Duration, 50, 400);
        simulation.Timestamps("t", Duration);
        chance.Maybe(2, () => simulation.UsesGroup("g", Duration));
        chance.Maybe(3, () => simulation.UsesGroup("h", Duration));
        chance.Maybe(3, () => simulation.UsesGroup("mortal", Duration, 500, 9000, TimeSpan.FromSeconds(chance.Next(1, 10))));
        chance.Maybe(3, () => simulation.JumpsBack("j", Duration));
        chance.Maybe(3, () => simulation.PushesOld("old", chance.Next(1, 20), chance.Next(2) == 0, Duration, 50, 500));
        chance.Maybe(4, () => simulation.World.After(Duration * chance.NextDouble(), () => simulation.DeletesAll(chance.Next(1, 4))));
    }

    private static void AddTroubles(Simulation simulation, Random chance)
    {
        chance.Maybe(2, () => simulation.Every(1000, 8000, Duration, simulation.Kill));
        chance.Maybe(3, () => simulation.Network.CutAnswers = chance.NextDouble() * 0.1);
        chance.Maybe(3, () => simulation.FailsFor(Duration, chance));
        chance.Maybe(4, () => simulation.FailsFor(Duration, chance));
        chance.Maybe(5, () =>
        {
            simulation.Network.Poison = "a instance=0";
            simulation.World.After(Duration * chance.NextDouble(), () => simulation.Network.Poison = null);
        });
    }

    // Calls fail for longer than a message is hidden.
    private static void AddTroubles(Simulation simulation, Table table, Random chance)
    {
        chance.Maybe(3, () =>
        {
            table.LostAnswers = chance.NextDouble() * 0.1;
            simulation.World.After(Duration, () => table.LostAnswers = 0);
        });
        chance.Maybe(3, () =>
        {
            var failure = (TableFailure)chance.Next(3);
            var start = Duration * chance.NextDouble();
            simulation.World.After(start, () => table.Failing = failure);
            simulation.World.After(start + TimeSpan.FromSeconds(chance.Next(1, 60)), () => table.Failing = null);
        });
    }
}
