using PushGateway.Model;

namespace PushGateway.Formats.Protobuf;

/// <summary>Memory of a parse that the next parse reuses. There is one per thread, which works because a parse never awaits.</summary>
internal sealed class MetricFamilyScratch
{
    // One hostile body must not keep a large amount of memory for the life of the thread.
    private const int MaxKept = 64 * 1024;

    // The array is indexed by symbol, so it is as large as the symbol table of a large batch.
    private const int MaxKeptSymbols = 1024 * 1024;
    private const int Initial = 64;

    /// <summary>The labels of the current metric.</summary>
    public Label[] Labels = new Label[Initial];

    /// <summary>The names of the labels, for sorting.</summary>
    public int[] LabelNames = new int[Initial];

    /// <summary>
    /// For each symbol of a family's name, the last family with that name. Only names of the current parse are looked up.
    /// </summary>
    public int[] LastNamed = new int[Initial];

    /// <summary>Memory for a series' name that is joined from two parts.</summary>
    public byte[] Name = new byte[256];

    /// <summary>The native fields of the current histogram.</summary>
    public NativeHistogram Histogram { get; } = new();

    /// <summary>Releases memory that has become unusually large.</summary>
    public void Trim()
    {
        Labels = Labels.Length > MaxKept ? new Label[Initial] : Labels;
        LabelNames = LabelNames.Length > MaxKept ? new int[Initial] : LabelNames;
        LastNamed = LastNamed.Length > MaxKeptSymbols ? new int[Initial] : LastNamed;
        Name = Name.Length > MaxKept ? new byte[256] : Name;
    }
}
