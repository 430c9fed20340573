using System.Globalization;
using PushGateway.Simulation.Aws;
using Xunit;

namespace PushGateway.Simulation;

/// <summary>Runs that seeds chose. <c>PUSHGATEWAY_SIMULATE</c> asks for others: a first seed, or a first and a number of them.</summary>
public sealed class SeedTests
{
    private const int Seeds = 1000;
    private const int Reported = 5;

    [Fact]
    public void The_promise_holds_for_every_seed() => AssertHolds(Scenario.Run);

    [Fact]
    public void The_promise_holds_on_AWS_for_every_seed() => AssertHolds(FleetScenario.Run);

    private static void AssertHolds(Func<int, IReadOnlyList<string>> run)
    {
        var asked = (Environment.GetEnvironmentVariable("PUSHGATEWAY_SIMULATE") ?? $"1 {Seeds}").Split(' ');
        var first = int.Parse(asked[0], CultureInfo.InvariantCulture);
        var count = asked.Length > 1 ? int.Parse(asked[1], CultureInfo.InvariantCulture) : 1;
        var failures = new List<string>();
        for (var seed = first; seed < first + count && failures.Count < Reported; seed++)
        {
            var violations = run(seed);
            if (violations.Count > 0)
            {
                failures.Add($"PUSHGATEWAY_SIMULATE={seed}: {violations.Count} violations, {string.Join("; ", violations.Take(2))}");
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }
}
