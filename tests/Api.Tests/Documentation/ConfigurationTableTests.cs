using System.Text.RegularExpressions;
using PushGateway.Configuration;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Documentation;

/// <summary>The tables of <c>docs/configuration.md</c> have every setting that the sources name, and no other, each with its default.</summary>
public sealed partial class ConfigurationTableTests
{
    /// <summary>Its default is another one for each user.</summary>
    private const string DataFolder = "PUSHGATEWAY_DATA_DIR";

    private static readonly IReadOnlyList<IReadOnlyList<string>> Rows =
        [.. MarkdownPage.Read("docs/configuration.md").Tables.Where(table => table.Header[0] == "name").SelectMany(table => table.Rows)];

    [Fact]
    public void Every_setting_has_a_row()
    {
        var named = Directory.EnumerateFiles(RepositoryRoot.Combine("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Literal().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .Distinct();

        Documented.Equal(
            "docs/configuration.md, settings", named, Rows.Select(NameOf).Where(name => name.StartsWith("PUSHGATEWAY_", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_default_of_Api_is_the_documented_one()
    {
        var settings = new SettingsReader(_ => null);
        GatewayOptions.Read(settings);
        settings.ThrowIfInvalid();
        foreach (var row in Rows.Where(row => NameOf(row) != DataFolder && settings.Shown.ContainsKey(NameOf(row))))
        {
            var (documented, actual) = (row[1].Trim('`'), settings.Shown[NameOf(row)]);
            Assert.True(
                documented.Equals(actual, StringComparison.OrdinalIgnoreCase)
                    || (Duration.TryParse(documented, out var one) && Duration.TryParse(actual, out var other) && one == other),
                $"docs/configuration.md: {NameOf(row)} has the default \"{actual}\", not \"{documented}\".");
        }
    }

    private static string NameOf(IReadOnlyList<string> row) => MarkdownTable.Code(row[0])[0];

    [GeneratedRegex("\"(PUSHGATEWAY_[A-Z_]+)\"")]
    private static partial Regex Literal();
}
