using System.Text.RegularExpressions;
using PushGateway.Testing;

namespace PushGateway.Core.Tests.Architecture;

/// <summary>The folders of a project's sources, and which of them refer to which.</summary>
internal sealed partial class SourceFolder
{
    private readonly List<string> _files = [];

    private SourceFolder(string name) => Name = name;

    /// <summary>Path below the project, with points: <c>Formats.Json</c>.</summary>
    public string Name { get; }

    /// <summary>The types that the folder declares.</summary>
    public HashSet<string> Types { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads the folders of a project; files directly in its own folder belong to none.</summary>
    public static IReadOnlyList<SourceFolder> Read(string project)
    {
        var root = RepositoryRoot.Combine(project);
        var folders = new SortedDictionary<string, SourceFolder>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(root, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');
            if (name is not "." && name.Split('.')[0] is not ("bin" or "obj"))
            {
                if (!folders.TryGetValue(name, out var folder))
                {
                    folders.Add(name, folder = new SourceFolder(name));
                }

                folder.Add(File.ReadAllText(file));
            }
        }

        return [.. folders.Values];
    }

    /// <summary>The folders that this one refers to: by a <c>using</c> directive, by a qualified name, or by a type of a folder around it.</summary>
    public IEnumerable<SourceFolder> References(IReadOnlyList<SourceFolder> all, string rootNamespace) =>
        all.Where(other => other != this && _files.Exists(text => RefersTo(text, other, rootNamespace)));

    private bool RefersTo(string text, SourceFolder other, string rootNamespace)
    {
        var name = Regex.Escape(other.Name);
        var isAround = Name.StartsWith(other.Name + ".", StringComparison.Ordinal);
        return Regex.IsMatch(text, $@"^using (static )?(\w+ = )?{Regex.Escape(rootNamespace)}\.{name};", RegexOptions.Multiline)
            || Identifiers(text).Any(word => IsNameOf(other, word.Path) && other.Types.Contains(word.Type))
            || (isAround && Identifiers(text).Any(word => word.Path.Length == 0 && other.Types.Contains(word.Type)));
    }

    // A name is looked up in the namespaces around the folder's own, too: Formats.Text finds Json.RecordReader.
    private bool IsNameOf(SourceFolder other, string path) =>
        path == other.Name || (path.Length > 0 && Name.Contains('.', StringComparison.Ordinal) && $"{Name[..Name.LastIndexOf('.')]}.{path}" == other.Name);

    // Dotted names outside of using directives: the last part, and what stands before it without the root namespace.
    private static IEnumerable<(string Path, string Type)> Identifiers(string text) =>
        from match in DottedName().Matches(text)
        let dotted = match.Value.StartsWith("PushGateway.", StringComparison.Ordinal) ? match.Value["PushGateway.".Length..] : match.Value
        let parts = dotted.Split('.')
        from length in Enumerable.Range(1, parts.Length)
        select (string.Join('.', parts[..(length - 1)]), parts[length - 1]);

    private void Add(string text)
    {
        _files.Add(text);
        Types.UnionWith(Declaration().Matches(text).Select(match => match.Groups["name"].Value));
    }

    [GeneratedRegex(@"^(public|internal) [\w ]*?(class|struct|record struct|record|enum|interface|delegate \w+) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*(\.[A-Z]\w*)*")]
    private static partial Regex DottedName();
}
