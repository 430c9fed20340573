namespace PushGateway.Formats.Prometheus;

/// <summary>Memory that a parse needs and the next one uses again. One per thread: a parse never waits.</summary>
internal sealed class ParseScratch
{
    // One hostile body must not pin its size for the life of the thread.
    private const int MaxKept = 64 * 1024;

    private const int InitialLabels = 64;

    // Indexed by symbol: as large as the symbol table of a large batch.
    private const int MaxKeptBounds = 1024 * 1024;
    private const int InitialBounds = 1024;

    /// <summary>The labels of the current line, then of the previous sample line.</summary>
    public ParsedLabel[] Labels = new ParsedLabel[InitialLabels];

    /// <summary>The token being read, when it has escapes or quotes inside.</summary>
    public byte[] Token = new byte[256];

    /// <summary>By family of this parse: whether its type is settled.</summary>
    public bool[] Typed = new bool[64];

    /// <summary>By symbol: the last line on which it was a label name. Used on lines of many labels only.</summary>
    public int[] NamedIn = [];

    // By symbol of a bound as it was written: the parse that met it, the symbol of its canonical form, and that of the bound that came next.
    private (int Parse, int Canonical, int Next)[] _bounds = new (int, int, int)[InitialBounds];
    private int _parse = 1;

    /// <summary>The canonical form of a bound that this parse has met before.</summary>
    public bool TryGetBound(int written, out int canonical)
    {
        var bounds = _bounds;
        if ((uint)written < (uint)bounds.Length && bounds[written].Parse == _parse)
        {
            canonical = bounds[written].Canonical;
            return true;
        }

        canonical = 0;
        return false;
    }

    /// <summary>Remembers a bound for the rest of the parse.</summary>
    public void SetBound(int written, int canonical)
    {
        Reserve(ref _bounds, written);
        _bounds[written] = (_parse, canonical, 0);
    }

    /// <summary>The bound that came after this one the last time, as it was written, or 0: histograms of a family repeat theirs.</summary>
    public int NextBound(int written) =>
        (uint)written < (uint)_bounds.Length && _bounds[written].Parse == _parse ? _bounds[written].Next : 0;

    /// <summary>Remembers what comes after a bound that this parse has met.</summary>
    public void SetNextBound(int written, int next) => _bounds[written].Next = next;

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
        Labels = Labels.Length > MaxKept ? new ParsedLabel[InitialLabels] : Labels;
        Token = Token.Length > MaxKept ? new byte[256] : Token;
        Typed = Typed.Length > MaxKept ? new bool[64] : Typed;
        NamedIn = [];
        if (_bounds.Length > MaxKeptBounds || ++_parse == int.MaxValue)
        {
            _bounds = new (int, int, int)[InitialBounds];
            _parse = 1;
        }
    }
}
