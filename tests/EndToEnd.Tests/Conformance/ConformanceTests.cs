using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>
/// The cases of <c>cases.txt</c>, as a real Pushgateway answers them and as this gateway does. What differs stands, with its
/// reason, in <c>docs/pushgateway.md</c>.
/// </summary>
public sealed class ConformanceTests
{
    /// <summary>1 writes the golden file anew.</summary>
    const string RecordVariable = "PUSHGATEWAY_RECORD_CONFORMANCE";

    /// <summary>1 compares with a Pushgateway that runs now, not with the golden file.</summary>
    const string LiveVariable = "PUSHGATEWAY_LIVE_CONFORMANCE";

    const int FewestCases = 120;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_difference_from_a_Pushgateway_is_documented_and_every_documented_difference_is_there()
    {
        var cases = await CaseReader.ReadAsync(Cancellation);
        Assert.True(cases.Count >= FewestCases, $"{cases.Count} cases");
        var golden = IsSet(LiveVariable) ? await CaseRunner.RecordAsync(cases, Cancellation) : await GoldenFile.ReadAsync(Cancellation);
        Assert.Equal(cases.Select(one => one.Name), golden.Results.Keys);

        await using var gateway = await GatewayProcess.StartAsync(cancellationToken: Cancellation);
        var actual = await CaseRunner.RunAsync(gateway, cases, Cancellation);

        var known = await KnownDifferences.ReadAsync(Cancellation);
        var differences = cases.SelectMany(one => Difference.Between(one.Name, golden.Results[one.Name], actual[one.Name])).ToList();
        foreach (var difference in differences)
            Write($"{(known.Contains(difference) ? "documented" : "NOT DOCUMENTED")}: {difference}");
        var differ = differences.Select(difference => difference.Case).Distinct().Count();
        Write($"{cases.Count} cases, {cases.Count - differ} agree with Pushgateway {golden.Version}");

        string[] failures =
        [
            .. differences.Where(difference => !known.Contains(difference)).Select(difference => $"not in docs/pushgateway.md: {difference}"),
            .. known.Without(differences).Select(row => $"no longer differs, remove it from docs/pushgateway.md: {row}"),
        ];
        Assert.True(failures.Length == 0, string.Join('\n', failures));
    }

    [Fact]
    public async Task The_golden_file_is_what_a_Pushgateway_answers()
    {
        var recorded = await CaseRunner.RecordAsync(await CaseReader.ReadAsync(Cancellation), Cancellation);
        if (IsSet(RecordVariable))
        {
            await recorded.WriteAsync(Cancellation);
            Write($"{recorded.Results.Count} cases recorded from Pushgateway {recorded.Version}");
        }

        var golden = await GoldenFile.ReadAsync(Cancellation);
        Assert.SkipUnless(golden.Version == recorded.Version, $"The golden file is of {golden.Version}, this machine has {recorded.Version}.");
        Assert.Equal(golden.Results.Keys, recorded.Results.Keys);
        Assert.All(golden.Results, pair =>
        {
            Assert.Equal(pair.Value.Answers, recorded.Results[pair.Key].Answers);
            Assert.Equal(pair.Value.State, recorded.Results[pair.Key].State);
        });
    }

    static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) == "1";

    static void Write(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
