namespace PushGateway.Simulation;

/// <summary>What scenarios choose from by chance.</summary>
internal static class Troubles
{
    /// <summary>Does something once in so many times.</summary>
    public static void Maybe(this Random chance, int outOf, Action action)
    {
        if (chance.Next(outOf) == 0)
        {
            action();
        }
    }

    /// <summary>The target takes nothing for up to ten minutes, beginning at some time of the run.</summary>
    public static void FailsFor(this Simulation simulation, TimeSpan duration, Random chance)
    {
        var failure = chance.Next(4) switch
        {
            0 => new Failure(FailureKind.NoConnection),
            1 => new Failure(FailureKind.NoAnswer),
            2 => new Failure(FailureKind.Status, 503, TimeSpan.FromSeconds(chance.Next(3) == 0 ? 4_294_968 : 2)),
            _ => new Failure(FailureKind.Status, chance.Next(2) == 0 ? 401 : 500),
        };
        var start = duration * chance.NextDouble();
        simulation.World.After(start, () => simulation.Network.Failing = failure);
        simulation.World.After(start + TimeSpan.FromSeconds(chance.Next(1, 600)), () => simulation.Network.Failing = null);
    }
}
