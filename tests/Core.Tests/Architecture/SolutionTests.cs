using System.Text.RegularExpressions;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Core.Tests.Architecture;

/// <summary>What a build of the solution builds.</summary>
public sealed partial class SolutionTests
{
    private static readonly string[] NotSource = ["bin", "obj", "artifacts", "node_modules"];

    [Fact]
    public void Every_project_is_in_the_solution() =>
        Assert.Equal(Projects(new DirectoryInfo(RepositoryRoot.FullPath)).Order(StringComparer.Ordinal), Listed());

    [Fact]
    public void Any_CPU_is_the_only_platform() => Assert.DoesNotMatch(@"\|x(64|86)\b", Solution());

    private static string Solution() => File.ReadAllText(RepositoryRoot.Combine("PushGateway.sln"));

    private static IEnumerable<string> Listed() =>
        ProjectPath().Matches(Solution()).Select(match => match.Value.Replace('\\', '/')).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Projects(DirectoryInfo folder) =>
        folder.EnumerateFiles("*.csproj").Select(file => Path.GetRelativePath(RepositoryRoot.FullPath, file.FullName).Replace('\\', '/'))
            .Concat(folder.EnumerateDirectories().Where(IsSource).SelectMany(Projects));

    private static bool IsSource(DirectoryInfo folder) => !folder.Name.StartsWith('.') && !NotSource.Contains(folder.Name);

    [GeneratedRegex(@"(?<="")[^""]+\.csproj(?="")")]
    private static partial Regex ProjectPath();
}
