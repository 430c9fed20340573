using System.Text.RegularExpressions;
using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>The tables of differences in <c>docs/pushgateway.md</c>: every case of a row differs in every aspect of it.</summary>
sealed partial class KnownDifferences
{
    readonly List<(string Case, string Aspect)> _rows;

    KnownDifferences(List<(string Case, string Aspect)> rows) => _rows = rows;

    internal static async Task<KnownDifferences> ReadAsync(CancellationToken cancellationToken)
    {
        var page = await File.ReadAllTextAsync(RepositoryRoot.Combine("docs", "pushgateway.md"), cancellationToken);
        return new KnownDifferences(
        [
            .. from row in Row().Matches(page)
               from name in row.Groups[1].Value.Split(", ")
               from aspect in row.Groups[2].Value.Split(", ")
               select (name.Trim('`'), aspect),
        ]);
    }

    internal bool Contains(Difference difference) => _rows.Exists(row => Covers(row, difference));

    /// <summary>The rows that no difference has to do with.</summary>
    internal IEnumerable<string> Without(IReadOnlyCollection<Difference> differences) =>
        _rows.Where(row => !differences.Any(difference => Covers(row, difference))).Select(row => $"{row.Case}: {row.Aspect}");

    static bool Covers((string Case, string Aspect) row, Difference difference) =>
        row.Aspect == difference.Aspect && row.Case == difference.Case;

    // | `case`, `case` | aspect, aspect | reason |
    [GeneratedRegex(@"^\| ((?:`[a-z0-9-]+`(?:, )?)+) \| ([a-z ,]+) \| \S.*\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
