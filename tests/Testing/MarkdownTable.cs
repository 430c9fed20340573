namespace PushGateway.Testing;

/// <summary>A table of a <see cref="MarkdownPage"/>.</summary>
/// <param name="Header">The cells of its first row.</param>
/// <param name="Rows">The cells of the other rows.</param>
public sealed record MarkdownTable(IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>The texts in backticks in a cell or a sentence.</summary>
    public static IReadOnlyList<string> Code(string cell) => [.. cell.Split('`').Where((_, index) => index % 2 == 1)];

    internal static MarkdownTable Parse(string page, string[] lines)
    {
        var rows = lines.Select(Cells).ToList();
        var uneven = rows.Find(row => row.Count != rows[0].Count);
        return uneven is null
            ? new MarkdownTable(rows[0], rows[2..])
            : throw new InvalidOperationException($"{page}: the row \"{string.Join(" | ", uneven)}\" has not as many cells as its table.");
    }

    static IReadOnlyList<string> Cells(string line) => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries);
}
