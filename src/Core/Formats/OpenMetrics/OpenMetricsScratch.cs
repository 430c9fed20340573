using PushGateway.Model;

namespace PushGateway.Formats.OpenMetrics;

/// <summary>Memory that a parse needs and the next one uses again. One per thread: a parse never waits.</summary>
internal sealed class OpenMetricsScratch
{
    // One hostile body must not pin its size for the life of the thread.
    private const int MaxKept = 64 * 1024;

    /// <summary>The labels of the current line, sorted by symbol.</summary>
    public Label[] Labels = new Label[64];

    /// <summary>The token being read, when it has escapes.</summary>
    public byte[] Token = new byte[256];

    /// <summary>The key being looked up in <see cref="Seen"/>.</summary>
    public int[] Key = new int[64];

    /// <summary>The names that metric families have reserved.</summary>
    public SymbolTable Names = new();

    /// <summary>The keys of metrics, and of the quantiles and states of metric points.</summary>
    public SymbolTable Seen = new();

    /// <summary>The strings of the current exemplar.</summary>
    public SymbolTable Exemplar = new();

    /// <summary>By role in the current family: symbol of the series' name, or 0.</summary>
    public int[] SeriesNames { get; } = new int[OpenMetricsType.Roles];

    /// <summary>By role in the current family: family of the batch.</summary>
    public int[] Families { get; } = new int[OpenMetricsType.Roles];

    /// <summary>Gives back what is unusually large and clears what the next parse must not see.</summary>
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
