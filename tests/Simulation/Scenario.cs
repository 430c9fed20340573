using PushGateway.Simulation.Targets;

namespace PushGateway.Simulation;

/// <summary>A run that a seed chose: which target, which clients, and what goes wrong.</summary>
internal static class Scenario
{
    // A message with one series always fits.
    private const int MinMessageBytes = 300;
    private const int MaxMessageBytes = 450;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);

    /// <summary>Runs the scenario of a seed and returns what does not hold after it.</summary>
    public static IReadOnlyList<string> Run(int seed)
    {
        var chance = new Random(seed);
        TimeSpan? maxSampleAge = chance.Next(4) == 0 ? TimeSpan.FromMinutes(3) : null;
        var target = ChooseTarget(chance);
        var maxSamples = chance.Next(3) switch { 0 => 5, 1 => 50, _ => 500 };
        var simulation = chance.Next(4) == 0
            ? new Simulation(seed, target, maxSamples, maxSampleAge, chance.Next(MinMessageBytes, MaxMessageBytes))
            : new Simulation(seed, target, maxSamples, maxSampleAge);
        AddClients(simulation, chance);
        AddTroubles(simulation, chance);
        return simulation.Run(Duration, TimeSpan.FromHours(2));
    }

    private static Target ChooseTarget(Random chance) => chance.Next(5) switch
    {
        0 => new PrometheusTarget(TimeSpan.FromHours(1)),
        1 => new MimirTarget(TimeSpan.Zero),
        2 => new MimirTarget(TimeSpan.FromMinutes(1)),
        3 => new VictoriaMetricsTarget(),
        _ => new PrometheusTarget(TimeSpan.Zero, chance.Next(2) == 0 ? TimeSpan.FromMinutes(10) : null),
    };

    private static void AddClients(Simulation simulation, Random chance)
    {
        var series = simulation.MaxMessageBytes < MaxMessageBytes ? 18 : 6;
        simulation.Repeats("a", chance.Next(1, 9), Duration, 20, 200);
        simulation.Timestamps("t", Duration);
        chance.Maybe(3, () => simulation.Overlaps("o", Duration / 10));
        chance.Maybe(4, () => simulation.OverlapsInGroup("p", Duration / 10));
        chance.Maybe(2, () => simulation.UsesGroup("g", Duration, series: series));
        chance.Maybe(3, () => simulation.UsesGroup("h", Duration, series: series));
        chance.Maybe(3, () => simulation.UsesGroup("mortal", Duration, 500, 9000, TimeSpan.FromSeconds(chance.Next(1, 10)), series));
        chance.Maybe(3, () => simulation.JumpsBack("j", Duration));
        chance.Maybe(3, () => simulation.PushesOld("old", chance.Next(1, 20), chance.Next(2) == 0, Duration, 50, 500));
        chance.Maybe(4, () => simulation.World.After(At(chance), () => simulation.DeletesAll(chance.Next(1, 4))));
    }

    private static void AddTroubles(Simulation simulation, Random chance)
    {
        chance.Maybe(2, () => simulation.Every(1000, 8000, Duration, simulation.Kill));
        chance.Maybe(3, () => simulation.Network.CutAnswers = chance.NextDouble() * 0.1);
        chance.Maybe(3, () => simulation.FailsFor(Duration, chance));
        chance.Maybe(4, () => simulation.FailsFor(Duration, chance));
        chance.Maybe(4, () =>
        {
            simulation.World.After(At(chance), () => simulation.Disk.IsFull = true);
            simulation.World.After(Duration, () => simulation.Disk.IsFull = false);
        });
        chance.Maybe(5, () =>
        {
            simulation.Network.Poison = "a instance=0";
            simulation.World.After(At(chance), () => simulation.Network.Poison = null);
        });
        chance.Maybe(5, () => StepClock(simulation, chance));
    }

    // A step back of more than a push time may lead and less than a run takes would leave it to the millisecond of applying which push wins.
    private static void StepClock(Simulation simulation, Random chance)
    {
        var leap = TimeSpan.FromMinutes(chance.Next(1, 180));
        var at = At(chance);
        switch (chance.Next(4))
        {
            case 0:
                simulation.Every(2000, 8000, Duration, () => simulation.World.ClockError = simulation.World.Between(-500, 500));
                break;
            case 1:
                simulation.World.After(at, () => simulation.World.ClockError = leap);
                simulation.World.After(at + TimeSpan.FromSeconds(chance.Next(1, 10)), () => simulation.World.ClockError = TimeSpan.Zero);
                break;
            case 2:
                simulation.World.After(at, () => simulation.World.ClockError = -leap);
                break;
            default:
                simulation.World.After(at, () => simulation.World.ClockError = leap);
                break;
        }
    }

    private static TimeSpan At(Random chance) => Duration * chance.NextDouble();
}
