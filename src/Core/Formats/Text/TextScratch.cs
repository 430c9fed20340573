namespace PushGateway.Formats.Text;

/// <summary>Memory that a parse needs and the next one uses again. One per thread: a parse never waits.</summary>
internal sealed class TextScratch
{
    // One hostile body must not pin its size for the life of the thread.
    private const int MaxKept = 64 * 1024;

    private const int InitialLabels = 64;

    /// <summary>The labels of the current line, then of the previous sample line.</summary>
    public TextLabel[] Labels = new TextLabel[InitialLabels];

    /// <summary>The token being read, when it has escapes or quotes inside.</summary>
    public byte[] Token = new byte[256];

    /// <summary>By family of this parse: whether its type is settled.</summary>
    public bool[] Typed = new bool[64];

    /// <summary>By symbol: the last line on which it was a label name. Used on lines of many labels only.</summary>
    public int[] NamedIn = [];

    /// <summary>Makes room for an index.</summary>
    public static void Reserve<T>(ref T[] array, int index)
    {
        if (index >= array.Length)
        {
            Array.Resize(ref array, Math.Max(index + 1, array.Length * 2));
        }
    }

    /// <summary>Gives back what is unusually large and clears what the next parse must not see.</summary>
    public void Reset()
    {
        Labels = Labels.Length > MaxKept ? new TextLabel[InitialLabels] : Labels;
        Token = Token.Length > MaxKept ? new byte[256] : Token;
        Typed = Typed.Length > MaxKept ? new bool[64] : Typed;
        NamedIn = [];
    }
}
