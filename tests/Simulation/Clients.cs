using System.Globalization;
using PushGateway.Push;

namespace PushGateway.Simulation;

/// <summary>What the clients of a simulation push.</summary>
internal static class Clients
{
    private const long HourMs = 3_600_000;

    /// <summary>Pushes the same series again and again, without timestamps.</summary>
    public static void Repeats(this Simulation simulation, string client, int series, TimeSpan duration, double minMs = 5, double maxMs = 50) =>
        simulation.PushEvery(minMs, maxMs, duration, () => new SimulatedPush
        {
            Operation = PushOperation.Append,
            IsPrompt = true,
            Samples = [.. Enumerable.Range(0, series).Select(i => new PushedSample(client, Text(i), simulation.NextValue()))],
        });

    /// <summary>Pushes one series without waiting for answers, several times in a millisecond now and then.</summary>
    public static void Overlaps(this Simulation simulation, string client, TimeSpan duration) => simulation.Every(0.05, 4, duration, () =>
        simulation.Push(new SimulatedPush { Operation = PushOperation.Append, Samples = [new PushedSample(client, "a", simulation.NextValue())] }));

    /// <summary>Replaces one group by changing series without waiting for answers, several times in a millisecond now and then.</summary>
    public static void OverlapsInGroup(this Simulation simulation, string client, TimeSpan duration) => simulation.Every(0.05, 4, duration, () =>
        simulation.Push(new SimulatedPush
        {
            Operation = PushOperation.Replace,
            Group = $"job/{client}",
            Samples =
            [
                .. Enumerable.Range(0, 3).Where(_ => simulation.World.Random.Next(2) > 0)
                    .Select(i => new PushedSample($"{client}_m", Text(i), simulation.NextValue())),
            ],
        }));

    /// <summary>Pushes samples with times of its own, each later than the one before.</summary>
    public static void Timestamps(this Simulation simulation, string client, TimeSpan duration) =>
        simulation.PushEvery(10, 100, duration, () => new SimulatedPush
        {
            Operation = PushOperation.Append,
            IsPrompt = true,
            Samples = [new PushedSample(client, "a", simulation.NextValue(), simulation.World.NowMs - 1000)],
        });

    /// <summary>Pushes samples that the target refuses: of five hours ago.</summary>
    public static void PushesOld(this Simulation simulation, string client, int samples, bool sameSeries, TimeSpan duration, double minMs, double maxMs)
    {
        var pushes = 0;
        simulation.PushEvery(minMs, maxMs, duration, () =>
        {
            pushes++;
            return new SimulatedPush
            {
                Operation = PushOperation.Append,
                Samples =
                [
                    .. Enumerable.Range(0, samples).Select(i => new PushedSample(
                        client, sameSeries ? Text(i) : Text((pushes * samples) + i), simulation.NextValue(), simulation.World.NowMs - (5 * HourMs))),
                ],
            };
        });
    }

    /// <summary>Pushes now and then a sample that is older than the one before, beside good ones of other series.</summary>
    public static void JumpsBack(this Simulation simulation, string client, TimeSpan duration)
    {
        var used = new HashSet<long>();
        simulation.PushEvery(50, 200, duration, () =>
        {
            long time;
            do
            {
                time = simulation.World.NowMs - simulation.World.Random.Next(0, 2000);
            }
            while (!used.Add(time));

            return new SimulatedPush
            {
                Operation = PushOperation.Append,
                Samples = [new PushedSample(client, "jumping", simulation.NextValue(), time), new PushedSample(client, "steady", simulation.NextValue())],
            };
        });
    }

    /// <summary>Replaces, merges and deletes a group of changing series.</summary>
    public static void UsesGroup(
        this Simulation simulation, string client, TimeSpan duration, double minMs = 20, double maxMs = 400, TimeSpan? timeToLive = null, int series = 6)
    {
        var random = simulation.World.Random;
        simulation.PushEvery(minMs, maxMs, duration, () =>
        {
            var operation = random.Next(10) switch
            {
                0 => PushOperation.Delete,
                < 5 => PushOperation.Merge,
                _ => PushOperation.Replace,
            };
            return new SimulatedPush
            {
                Operation = operation,
                TimeToLive = operation == PushOperation.Delete ? null : timeToLive,
                Group = $"job/{client}",
                Samples = operation == PushOperation.Delete
                    ? []
                    :
                    [
                        .. Enumerable.Range(0, series).Where(_ => random.Next(3) > 0)
                            .Select(i => new PushedSample($"{client}_{i % 2}", Text(i), simulation.NextValue())),
                    ],
            };
        });
    }

    /// <summary>Deletes every group, as often over as there are selectors.</summary>
    public static void DeletesAll(this Simulation simulation, int selectors) => simulation.Push(new SimulatedPush
    {
        Operation = PushOperation.Delete,
        Selectors = [.. Enumerable.Repeat("{}", selectors)],
    });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
