using PushGateway.Testing;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>
/// <c>collector.yaml</c> as the paths of its scalars: <c>exporters.prometheusremotewrite.timeout</c> → <c>8s</c>. Reads block mappings and
/// scalars, lists in brackets staying text: no more of YAML than the file uses.
/// </summary>
internal sealed class CollectorConfiguration
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private CollectorConfiguration()
    {
    }

    public IEnumerable<string> Paths => _values.Keys;

    public string? this[string path] => _values.GetValueOrDefault(path);

    public static CollectorConfiguration Read()
    {
        var configuration = new CollectorConfiguration();
        var parents = new Stack<(int Indent, string Name)>();
        foreach (var line in File.ReadLines(RepositoryRoot.Combine("src", "Worker", "collector.yaml")))
        {
            var text = line.TrimStart();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            var indent = line.Length - text.Length;
            while (parents.TryPeek(out var parent) && parent.Indent >= indent)
            {
                parents.Pop();
            }

            var colon = text.IndexOf(':', StringComparison.Ordinal);
            parents.Push((indent, text[..colon]));
            if (text[(colon + 1)..].Trim() is { Length: > 0 } value)
            {
                configuration._values.Add(string.Join('.', parents.Reverse().Select(parent => parent.Name)), value);
            }
        }

        return configuration;
    }

    /// <summary>A duration in Go's form, of seconds or milliseconds.</summary>
    public TimeSpan Duration(string path) => PushGateway.Configuration.Duration.TryParse(this[path]!, out var duration)
        ? duration
        : throw new FormatException($"{path} is no duration: {this[path]}");
}
