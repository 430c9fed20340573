using PushGateway.Model;

namespace PushGateway.Formats.RemoteWrite2;

/// <summary>Memory of a parse that the next parse reuses. There is one per thread, which works because a parse never awaits.</summary>
internal sealed class RemoteWrite2Scratch
{
    // One hostile request must not keep a large amount of memory for the life of the thread.
    private const int MaxKept = 256 * 1024;

    /// <summary>The symbol in the batch for each reference of the request.</summary>
    public List<int> Symbols { get; private set; } = [];

    /// <summary>The labels of the current series, including <c>__name__</c>.</summary>
    public List<Label> Labels { get; private set; } = [];

    /// <summary>The label names of the last valid series.</summary>
    public List<int> Names { get; private set; } = [];

    /// <summary>The current histogram.</summary>
    public NativeHistogram Histogram { get; } = new();

    /// <summary>Releases memory that has become unusually large, and clears what the next parse must not see.</summary>
    public void Reset()
    {
        Symbols = Emptied(Symbols);
        Labels = Emptied(Labels);
        Names = Emptied(Names);
    }

    private static List<T> Emptied<T>(List<T> list)
    {
        list.Clear();
        return list.Capacity > MaxKept ? [] : list;
    }
}
