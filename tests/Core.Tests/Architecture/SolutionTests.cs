using System.Text.RegularExpressions;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Core.Tests.Architecture;

/// <summary>What a build of the solution builds.</summary>
public sealed partial class SolutionTests
{
    private static readonly string[] NotSource = ["bin", "obj", "artifacts", "node_modules"];

    private static readonly string[] Configurations = ["Debug|Any CPU", "Release|Any CPU"];
    private static readonly string Solution = File.ReadAllText(RepositoryRoot.Combine("PushGateway.sln"));

    [Fact]
    public void Every_project_is_in_the_solution_once_and_no_other()
    {
        var there = Projects(new DirectoryInfo(RepositoryRoot.FullPath)).Order(StringComparer.Ordinal).ToList();
        Assert.Contains("src/Core/PushGateway.Core.csproj", there);
        Assert.Equal(there, Listed().Select(project => project.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_project_is_built_in_every_configuration()
    {
        var built = Regex.Matches(Solution, @"^\t\t(\{.+\}\..+)\.Build\.0 = (.+?)\r?$", RegexOptions.Multiline)
            .Select(match => $"{match.Groups[1].Value} = {match.Groups[2].Value}");
        var expected = from project in Listed() from configuration in Configurations select $"{project.Id}.{configuration} = {configuration}";
        Assert.Equal(expected.Order(StringComparer.Ordinal), built.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Any_CPU_is_the_only_platform() => Assert.Equal(
        Configurations.Select(configuration => $"{configuration} = {configuration}"),
        Regex.Match(Solution, @"SolutionConfigurationPlatforms\) = preSolution\s+(.*?)\s+EndGlobalSection", RegexOptions.Singleline)
            .Groups[1].Value.Split('\n', StringSplitOptions.TrimEntries));

    private static IEnumerable<(string Path, string Id)> Listed() =>
        Project().Matches(Solution).Select(match => (match.Groups["path"].Value.Replace('\\', '/'), match.Groups["id"].Value));

    private static IEnumerable<string> Projects(DirectoryInfo folder) =>
        folder.EnumerateFiles("*.csproj").Select(file => Path.GetRelativePath(RepositoryRoot.FullPath, file.FullName).Replace('\\', '/'))
            .Concat(folder.EnumerateDirectories().Where(IsSource).SelectMany(Projects));

    private static bool IsSource(DirectoryInfo folder) => !folder.Name.StartsWith('.') && !NotSource.Contains(folder.Name);

    [GeneratedRegex(@"^Project\(""\{[-A-F0-9]+\}""\) = ""[^""]+"", ""(?<path>[^""]+\.csproj)"", ""(?<id>\{[-A-F0-9]+\})""", RegexOptions.Multiline)]
    private static partial Regex Project();
}
