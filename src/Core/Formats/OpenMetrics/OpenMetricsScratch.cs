using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Formats.OpenMetrics;

/// <summary>Memory of a parse that the next parse reuses. There is one per thread, which works because a parse never awaits.</summary>
internal sealed class OpenMetricsScratch : IDisposable
{
    [ThreadStatic]
    private static OpenMetricsScratch? _ofThread;

    private const int Initial = 64;
    private const int InitialToken = 256;

    /// <summary>The labels of the current line, sorted by symbol.</summary>
    public Label[] Labels = new Label[Initial];

    /// <summary>The current token when it has escapes.</summary>
    public byte[] Token = new byte[InitialToken];

    /// <summary>The current key to look up in <see cref="Seen"/>.</summary>
    public int[] Key = new int[Initial];

    /// <summary>The names that metric families have reserved.</summary>
    public SymbolTable Names { get; } = new();

    /// <summary>The keys of metrics, and of the quantiles and states of metric points.</summary>
    public SymbolTable Seen { get; } = new();

    /// <summary>The strings of the current exemplar.</summary>
    public SymbolTable Exemplar { get; } = new();

    /// <summary>The symbol of the series' name for each role in the current family, or 0.</summary>
    public int[] SeriesNames { get; } = new int[OpenMetricsType.Roles];

    /// <summary>The family of the batch for each role in the current family.</summary>
    public int[] Families { get; } = new int[OpenMetricsType.Roles];

    /// <summary>The memory of this thread. Its user disposes it when the parse ends.</summary>
    public static OpenMetricsScratch OfThread() => _ofThread ??= new OpenMetricsScratch();

    /// <summary>Gives memory back that has grown beyond <see cref="ReuseLimit"/>, and clears what the next parse must not see.</summary>
    public void Dispose()
    {
        ReuseLimit.Trim(ref Labels, Initial);
        ReuseLimit.Trim(ref Token, InitialToken);
        ReuseLimit.Trim(ref Key, Initial);
        Names.Trim();
        Seen.Trim();
        Exemplar.Trim();
    }
}
