using System.Text;

namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>
/// What a real Pushgateway answered, in <c>pushgateway-&lt;version&gt;.golden</c>: the name of each case, two spaces before
/// each answer, four before each line of the state.
/// </summary>
/// <param name="Version">The Pushgateway's.</param>
/// <param name="Results">By the name of the case.</param>
sealed record GoldenFile(string Version, IReadOnlyDictionary<string, ConformanceResult> Results)
{
    const string Prefix = "pushgateway-";
    const string Suffix = ".golden";
    const string AnswerIndent = "  ";
    const string StateIndent = "    ";

    internal static async Task<GoldenFile> ReadAsync(CancellationToken cancellationToken)
    {
        var path = Directory.GetFiles(CaseReader.Folder, $"{Prefix}*{Suffix}").Single();
        var results = new Dictionary<string, ConformanceResult>();
        List<string> answers = [];
        List<string> state = [];
        foreach (var line in await File.ReadAllLinesAsync(path, cancellationToken))
        {
            if (line.Length == 0 || line[0] == '#')
            {
            }
            else if (line.StartsWith(StateIndent, StringComparison.Ordinal))
            {
                state.Add(line[StateIndent.Length..]);
            }
            else if (line.StartsWith(AnswerIndent, StringComparison.Ordinal))
            {
                answers.Add(line[AnswerIndent.Length..]);
            }
            else
            {
                results.Add(line, new ConformanceResult(answers = [], state = []));
            }
        }

        return new GoldenFile(Path.GetFileName(path)[Prefix.Length..^Suffix.Length], results);
    }

    /// <summary>Writes the file, in place of that of any other version.</summary>
    internal async Task WriteAsync(CancellationToken cancellationToken)
    {
        var text = new StringBuilder($"# The answers of Pushgateway {Version}, recorded by `eng/conformance.sh --record`.\n");
        foreach (var (name, result) in Results)
        {
            text.Append('\n').Append(name).Append('\n');
            foreach (var line in result.Answers)
                text.Append(AnswerIndent).Append(line).Append('\n');
            foreach (var line in result.State)
                text.Append(StateIndent).Append(line).Append('\n');
        }

        foreach (var old in Directory.GetFiles(CaseReader.Folder, $"{Prefix}*{Suffix}"))
            File.Delete(old);
        await File.WriteAllTextAsync(Path.Combine(CaseReader.Folder, $"{Prefix}{Version}{Suffix}"), text.ToString(), cancellationToken);
    }
}
