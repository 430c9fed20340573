using PushGateway.Model;

namespace PushGateway.Formats.RemoteWrite2;

/// <summary>Memory that a parse needs and the next one uses again. One per thread: a parse never waits.</summary>
internal sealed class RemoteWrite2Scratch
{
    // One hostile request must not pin its size for the life of the thread.
    private const int MaxKept = 256 * 1024;

    /// <summary>By reference: the symbol in the batch.</summary>
    public List<int> Symbols { get; private set; } = [];

    /// <summary>The labels of the series being read, <c>__name__</c> included.</summary>
    public List<Label> Labels { get; private set; } = [];

    /// <summary>The names of the labels of the last series that was valid.</summary>
    public List<int> Names { get; private set; } = [];

    /// <summary>The histogram being read.</summary>
    public NativeHistogram Histogram { get; } = new();

    /// <summary>Gives back what is unusually large and clears what the next parse must not see.</summary>
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
