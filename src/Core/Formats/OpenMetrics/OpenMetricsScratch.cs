using PushGateway.Model;

namespace PushGateway.Formats.OpenMetrics;

/// <summary>Memory of a parse that the next parse reuses. There is one per thread, which works because a parse never awaits.</summary>
internal sealed class OpenMetricsScratch
{
    // One hostile body must not keep a large amount of memory for the life of the thread.
    private const int MaxKept = 64 * 1024;

    /// <summary>The labels of the current line, sorted by symbol.</summary>
    public Label[] Labels = new Label[64];

    /// <summary>The current token when it has escapes.</summary>
    public byte[] Token = new byte[256];

    /// <summary>The current key to look up in <see cref="Seen"/>.</summary>
    public int[] Key = new int[64];

    /// <summary>The names that metric families have reserved.</summary>
    public SymbolTable Names = new();

    /// <summary>The keys of metrics, and of the quantiles and states of metric points.</summary>
    public SymbolTable Seen = new();

    /// <summary>The strings of the current exemplar.</summary>
    public SymbolTable Exemplar = new();

    /// <summary>The symbol of the series' name for each role in the current family, or 0.</summary>
    public int[] SeriesNames { get; } = new int[OpenMetricsType.Roles];

    /// <summary>The family of the batch for each role in the current family.</summary>
    public int[] Families { get; } = new int[OpenMetricsType.Roles];

    /// <summary>Releases memory that has become unusually large, and clears what the next parse must not see.</summary>
    public void Reset()
    {
        Labels = Labels.Length > MaxKept ? new Label[64] : Labels;
        Token = Token.Length > MaxKept ? new byte[256] : Token;
        Key = Key.Length > MaxKept ? new int[64] : Key;
        Names = Emptied(Names);
        Seen = Emptied(Seen);
        Exemplar = Emptied(Exemplar);
    }

    private static SymbolTable Emptied(SymbolTable table)
    {
        if (table.Count > MaxKept)
        {
            return new SymbolTable();
        }

        table.Clear();
        return table;
    }
}
