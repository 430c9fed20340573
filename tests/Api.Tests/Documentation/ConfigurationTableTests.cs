using System.Text.RegularExpressions;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Documentation;

/// <summary>The README's configuration table has every setting that the sources name, and no other.</summary>
public sealed partial class ConfigurationTableTests
{
    [Fact]
    public void Every_setting_has_a_row()
    {
        var named = Directory.EnumerateFiles(RepositoryRoot.Combine("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Literal().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .Distinct();

        Assert.Equal(named.Order(StringComparer.Ordinal), Rows().Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Rows() =>
        from line in File.ReadLines(RepositoryRoot.Combine("README.md"))
        where line.StartsWith("| `PUSHGATEWAY_", StringComparison.Ordinal)
        select line.Split('`')[1];

    [GeneratedRegex("\"(PUSHGATEWAY_[A-Z_]+)\"")]
    private static partial Regex Literal();
}
