using System.Text.RegularExpressions;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>Every environment variable that a template sets is one that a program reads.</summary>
public sealed partial class EnvironmentTests
{
    /// <summary>The ADOT collector layer's own (https://aws-otel.github.io/docs/getting-started/lambda); everything else is read here.</summary>
    private const string OfTheLayer = "OPENTELEMETRY_COLLECTOR_CONFIG_URI";

    public static TheoryData<string> All => Gateways.All;

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_set_is_read(string way)
    {
        var read = ReadBySources("Api", "Aws", "Core").ToHashSet();
        var readByWorker = ReadBySources("Worker", "Aws", "Core").Concat(ReadByCollector()).Append(OfTheLayer).ToHashSet();
        foreach (var function in Gateways.Get(way).All("AWS::Lambda::Function"))
        {
            var isWorker = function.Id.StartsWith("GatewayWorker", StringComparison.Ordinal);
            Assert.All(
                function["Environment.Variables"]!.AsObject().Select(variable => variable.Key),
                name => Assert.Contains(name, isWorker ? readByWorker : read));
        }
    }

    [Fact]
    public void The_configuration_of_the_collector_is_where_the_layer_looks_for_it()
    {
        Assert.Equal(["AMP_REMOTE_WRITE_URL"], ReadByCollector());
        Assert.Contains("collector.yaml", File.ReadAllText(RepositoryRoot.Combine("eng", "publish-lambda.sh")), StringComparison.Ordinal);
    }

    private static IEnumerable<string> ReadBySources(params string[] projects) =>
        from project in projects
        from file in Directory.EnumerateFiles(RepositoryRoot.Combine("src", project), "*.cs", SearchOption.AllDirectories)
        where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        from match in Literal().Matches(File.ReadAllText(file))
        select match.Groups[1].Value;

    private static IEnumerable<string> ReadByCollector() =>
        Reference().Matches(File.ReadAllText(RepositoryRoot.Combine("src", "Worker", "collector.yaml"))).Select(match => match.Groups[1].Value);

    [GeneratedRegex("\"([A-Z][A-Z0-9_]+)\"")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\$\{env:([A-Z_]+)\}")]
    private static partial Regex Reference();
}
