using System.Globalization;

namespace PushGateway.Bench.Compare;

/// <summary>Prints a Markdown table line by line, so that a run that is cut short has printed its results so far.</summary>
internal static class Table
{
    public static void Begin(string title, params string[] columns)
    {
        Console.WriteLine($"\n## {title}\n");
        Row(columns);
        Row([.. columns.Select(_ => "---")]);
    }

    public static void Row(params string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");

    public static string Count(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>The number with three significant digits.</summary>
    public static string Figure(double value) =>
        value.ToString(value >= 100 ? "#,0" : value >= 10 ? "0.0" : value >= 1 ? "0.00" : "0.000", CultureInfo.InvariantCulture);

    public static string Ratio(double value) => double.IsFinite(value) ? Figure(value) : "-";
}
