using System.Globalization;
using PushGateway.Simulation.Targets;
using Xunit;

namespace PushGateway.Simulation.Aws;

/// <summary>Outages of AMP, which takes samples of the last hour, and late ones within its out-of-order window.</summary>
public sealed class BacklogTests
{
    private static readonly TimeSpan Lead = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan HighestAge = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(10, 600, 10, 50)]
    [InlineData(15, 600, 10, 50)]
    [InlineData(30, 600, 10, 110)]
    [InlineData(55, 600, 10, 200)]
    [InlineData(10, 600, 1000, 50)]
    [InlineData(55, 600, 1000, 180)]
    [InlineData(10, 60, 10, 330)]
    [InlineData(30, 60, 10, 990)]
    [InlineData(55, 60, 10, 1750)]
    [InlineData(55, 60, 1000, 1840)]
    public void An_outage_of_minutes_loses_nothing(int minutes, int windowSeconds, int batchSize, int mostSeconds)
    {
        var window = TimeSpan.FromSeconds(windowSeconds);
        var simulation = new Simulation(1, new MimirTarget(window), maxSampleAge: HighestAge, start: simulation => new Fleet(simulation, new FleetOptions
        {
            Workers = 8,
            BatchSize = batchSize,
            OutOfOrderWindow = window,
        }));
        var outage = TimeSpan.FromMinutes(minutes);
        var duration = Lead + outage + Lead;
        for (var i = 0; i < 60; i++)
        {
            simulation.World.After(simulation.World.Between(0, Minute.TotalMilliseconds), () => simulation.Repeats(
                string.Create(CultureInfo.InvariantCulture, $"client{i}"), 4, duration, Minute.TotalMilliseconds - 1, Minute.TotalMilliseconds + 1));
        }

        simulation.World.After(Lead, () => simulation.Network.Failing = new Failure(FailureKind.Status, 503));
        var returnedMs = simulation.World.NowMs + (long)(Lead + outage).TotalMilliseconds;
        simulation.World.After(Lead + outage, () => simulation.Network.Failing = null);

        var violations = simulation.Run(duration, TimeSpan.FromHours(2));

        Assert.True(violations.Count == 0, string.Join("\n", violations.Take(5)));
        var drainedMs = simulation.Network.ArrivedMs.Where(one => one.Key.TimestampMs <= returnedMs).Max(one => one.Value) - returnedMs;
        Assert.True(drainedMs < mostSeconds * 1000, $"The backlog was drained after {drainedMs} ms.");
        Assert.True(simulation.Disk.DeadLetters.Count == 0, $"{simulation.Disk.DeadLetters.Count} dead letters: {simulation.Disk.DeadLetters.Values.FirstOrDefault()}");
    }
}
