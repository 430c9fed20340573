using System.Text.RegularExpressions;

namespace PushGateway.Testing;

/// <summary>A page of the documentation, as tests read it: its tables, code blocks, headings and links.</summary>
public sealed partial class MarkdownPage
{
    readonly string _text;

    MarkdownPage(string path, string text) => (Path, _text) = (path, text);

    /// <summary>The path below the repository root, with slashes: <c>docs/http.md</c>.</summary>
    public string Path { get; }

    /// <summary>The tables, from top to bottom.</summary>
    public IReadOnlyList<MarkdownTable> Tables =>
        [.. Table().Matches(WithoutBlocks).Select(match => MarkdownTable.Parse(Path, match.Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)))];

    /// <summary>The fragments that links to this page may have, named as GitHub names them.</summary>
    public IReadOnlySet<string> Anchors
    {
        get
        {
            var anchors = new HashSet<string>(StringComparer.Ordinal);
            foreach (var heading in Heading().Matches(WithoutBlocks).Select(match => Anchor(match.Groups[1].Value)))
            {
                var anchor = heading;
                for (var copy = 1; !anchors.Add(anchor); copy++)
                    anchor = $"{heading}-{copy}";
            }

            return anchors;
        }
    }

    /// <summary>The targets of the links.</summary>
    public IReadOnlyList<string> Links => [.. Link().Matches(Prose).Select(match => match.Groups[1].Value)];

    /// <summary>
    /// How many links the page has, counted in a simpler way than <see cref="Links"/> reads them. A reference to a target elsewhere on the page
    /// counts, too.
    /// </summary>
    public int LinkCount => LinkMark().Count(Prose);

    string Prose => CodeSpan().Replace(WithoutBlocks, "");

    string WithoutBlocks => Block().Replace(_text, "");

    /// <summary>Reads a page by its path below the repository root.</summary>
    public static MarkdownPage Read(string path) => new(path, File.ReadAllText(RepositoryRoot.Combine(path)));

    /// <summary>Reads every page of the repository.</summary>
    public static IReadOnlyList<MarkdownPage> ReadAll() =>
    [
        .. from file in Files(new DirectoryInfo(RepositoryRoot.FullPath))
           let path = System.IO.Path.GetRelativePath(RepositoryRoot.FullPath, file.FullName).Replace('\\', '/')
           orderby path
           select Read(path),
    ];

    /// <summary>The contents of the code blocks that are marked with a language, from top to bottom.</summary>
    public IReadOnlyList<string> Blocks(string language) =>
        [.. Block().Matches(_text).Where(block => block.Groups["language"].Value == language).Select(block => block.Groups["code"].Value)];

    /// <summary>The one table whose first column has this header.</summary>
    /// <exception cref="InvalidOperationException">There is none, or more than one.</exception>
    public MarkdownTable TableOf(string header) => Tables.Where(table => table.Header[0] == header).ToList() is [var only]
        ? only
        : throw new InvalidOperationException($"{Path} does not have one table whose first column is \"{header}\".");

    /// <summary>The page's text.</summary>
    public override string ToString() => _text;

    static IEnumerable<FileInfo> Files(DirectoryInfo folder) => folder.EnumerateFiles("*.md").Concat(folder.EnumerateDirectories()
        .Where(inner => !inner.Name.StartsWith('.') && inner.Name is not ("bin" or "obj" or "artifacts" or "node_modules"))
        .SelectMany(Files));

    static string Anchor(string heading) =>
        NotInAnchor().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex("^```(?<language>[a-z]*)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"(?:^\|.*\n)+", RegexOptions.Multiline)]
    private static partial Regex Table();

    [GeneratedRegex(@"\[[^\[\]]*\]\(([^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\](?:\(|\[|:\s)|<https?:|\bhref=")]
    private static partial Regex LinkMark();

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor();
}
