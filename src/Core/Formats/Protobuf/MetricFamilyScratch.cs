using PushGateway.Model;

namespace PushGateway.Formats.Protobuf;

/// <summary>Memory that a parse needs and the next one uses again. One per thread: a parse never waits.</summary>
internal sealed class MetricFamilyScratch
{
    // One hostile body must not pin its size for the life of the thread.
    private const int MaxKept = 64 * 1024;

    // Indexed by symbol: as large as the symbol table of a large batch.
    private const int MaxKeptSymbols = 1024 * 1024;
    private const int Initial = 64;

    /// <summary>The labels of the current metric.</summary>
    public Label[] Labels = new Label[Initial];

    /// <summary>Their names, to be sorted.</summary>
    public int[] LabelNames = new int[Initial];

    /// <summary>By symbol of a family's name: which family was the last to have it. Only names of this parse are looked up.</summary>
    public int[] LastNamed = new int[Initial];

    /// <summary>A name being put together.</summary>
    public byte[] Name = new byte[256];

    /// <summary>The native side of the current histogram.</summary>
    public NativeHistogram Histogram { get; } = new();

    /// <summary>Gives back what is unusually large.</summary>
    public void Trim()
    {
        Labels = Labels.Length > MaxKept ? new Label[Initial] : Labels;
        LabelNames = LabelNames.Length > MaxKept ? new int[Initial] : LabelNames;
        LastNamed = LastNamed.Length > MaxKeptSymbols ? new int[Initial] : LastNamed;
        Name = Name.Length > MaxKept ? new byte[256] : Name;
    }
}
