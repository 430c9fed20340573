using System.Text.RegularExpressions;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Documentation;

/// <summary>Every link between pages leads to a file that is there, and to a heading that it has.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Every_link_leads_somewhere()
    {
        var pages = MarkdownPage.ReadAll().ToDictionary(page => page.Path);
        Assert.Superset(new HashSet<string> { "README.md", "docs/http.md", "docs/decisions/0003-later-push-wins.md", "infra/README.md" }, pages.Keys.ToHashSet());
        Assert.All(pages.Values, page => Assert.Equal((page.Path, page.LinkCount), (page.Path, page.Links.Count)));
        var broken =
            from page in pages.Values
            from target in page.Links
            where !target.StartsWith("https://", StringComparison.Ordinal)
            let fault = FaultOf(page, target, pages)
            where fault is not null
            select $"{page.Path}: ({target}) {fault}";
        Assert.True(!broken.Any(), string.Join(Environment.NewLine, broken));
    }

    [Fact]
    public void Every_page_that_a_source_names_is_there()
    {
        var broken =
            from folder in (string[])["src", "tests", "infra", "bench", "eng"]
            from file in Directory.EnumerateFiles(RepositoryRoot.Combine(folder), "*", SearchOption.AllDirectories)
            where Path.GetExtension(file) is ".cs" or ".sh" && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            from match in NamedPage().Matches(File.ReadAllText(file))
            where !IsThere(match.Value)
            select $"{Path.GetRelativePath(RepositoryRoot.FullPath, file)}: {match.Value} is not there";
        Assert.True(!broken.Any(), string.Join(Environment.NewLine, broken));
    }

    private static string? FaultOf(MarkdownPage page, string target, Dictionary<string, MarkdownPage> pages)
    {
        // A path from the root leads elsewhere on each site that shows the page. On this machine it would be a file's.
        if (target[0] == '/' || Uri.TryCreate(target, UriKind.Absolute, out _))
        {
            return "is neither relative nor a page of the web";
        }

        var parts = target.Split('#');
        var path = parts[0].Length == 0
            ? page.Path
            : Path.GetRelativePath(RepositoryRoot.FullPath, Path.GetFullPath(RepositoryRoot.Combine(Path.GetDirectoryName(page.Path)!, parts[0]))).Replace('\\', '/');
        if (!Path.Exists(RepositoryRoot.Combine(path)))
        {
            return "leads to no file";
        }

        return parts.Length == 1 ? null
            : !pages.TryGetValue(path, out var named) ? "names a heading of a file that is no page"
            : named.Anchors.Contains(parts[1]) ? null
            : $"leads to no heading: {path} has {string.Join(", ", named.Anchors)}";
    }

    // A decision may be named by its number.
    private static bool IsThere(string page) =>
        Path.Exists(RepositoryRoot.Combine(page))
        || Directory.EnumerateFiles(RepositoryRoot.Combine(Path.GetDirectoryName(page)!), Path.GetFileName(page) + "-*.md").Any();

    [GeneratedRegex(@"(?<![\w./-])docs/[a-z0-9/-]+(?:\.md)?")]
    private static partial Regex NamedPage();
}
