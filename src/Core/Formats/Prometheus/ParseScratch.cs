using PushGateway.Wire;

namespace PushGateway.Formats.Prometheus;

/// <summary>Memory of a parse that the next parse reuses. There is one per thread, which works because a parse never awaits.</summary>
internal sealed class ParseScratch : IDisposable
{
    [ThreadStatic]
    private static ParseScratch? _ofThread;

    private const int InitialLabels = 64;
    private const int InitialToken = 256;
    private const int InitialTyped = 64;
    private const int InitialBounds = 1024;

    /// <summary>The labels of the current line. Entries not yet overwritten belong to the previous sample line.</summary>
    public ParsedLabel[] Labels = new ParsedLabel[InitialLabels];

    /// <summary>The current token when it has escapes, or quotes inside.</summary>
    public byte[] Token = new byte[InitialToken];

    /// <summary>Whether the type of each family of this parse is settled.</summary>
    public bool[] Typed = new bool[InitialTyped];

    /// <summary>How many lines the exact path has read, in this parse and those before it.</summary>
    public long ExactLines;

    /// <summary>For each symbol, the last of those lines on which it was a label name.</summary>
    public long[] NamedIn = [];

    // Indexed by the symbol of a bound (le or quantile) as it was written. Parse is the number of the parse that read it last, Canonical is
    // the symbol of its canonical form, and Next is the bound that followed it, as written.
    private (int Parse, int Canonical, int Next)[] _bounds = new (int, int, int)[InitialBounds];
    private int _parse = 1;

    /// <summary>Finds the canonical form of a bound that this parse has already read.</summary>
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

    /// <summary>Remembers the canonical form of a bound for the rest of the parse.</summary>
    public void SetBound(int written, int canonical)
    {
        Reserve(ref _bounds, written);
        _bounds[written] = (_parse, canonical, 0);
    }

    /// <summary>
    /// The bound, as written, that followed this one the last time; 0 when there is none. Histograms of a family repeat their bounds.
    /// </summary>
    public int NextBound(int written) =>
        (uint)written < (uint)_bounds.Length && _bounds[written].Parse == _parse ? _bounds[written].Next : 0;

    /// <summary>Remembers the bound that follows one that this parse has already read.</summary>
    public void SetNextBound(int written, int next) => _bounds[written].Next = next;

    /// <summary>Makes the array large enough for an index.</summary>
    public static void Reserve<T>(ref T[] array, int index)
    {
        if (index >= array.Length)
        {
            Array.Resize(ref array, Math.Max(index + 1, array.Length * 2));
        }
    }

    /// <summary>Joins two texts in memory that is made large enough.</summary>
    public static ReadOnlySpan<byte> Join(ref byte[] memory, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var length = first.Length + second.Length;
        Reserve(ref memory, length);
        first.CopyTo(memory);
        second.CopyTo(memory.AsSpan(first.Length));
        return memory.AsSpan(0, length);
    }

    /// <summary>The memory of this thread. Its user disposes it when the parse ends.</summary>
    public static ParseScratch OfThread() => _ofThread ??= new ParseScratch();

    /// <summary>Gives memory back that has grown beyond <see cref="ReuseLimit"/>, and clears what the next parse must not see.</summary>
    public void Dispose()
    {
        ReuseLimit.Trim(ref Labels, InitialLabels);
        ReuseLimit.Trim(ref Token, InitialToken);
        ReuseLimit.Trim(ref Typed, InitialTyped);
        ReuseLimit.Trim(ref NamedIn);
        if (!ReuseLimit.Allows<(int, int, int)>(_bounds.Length) || ++_parse == int.MaxValue)
        {
            _bounds = new (int, int, int)[InitialBounds];
            _parse = 1;
        }
    }
}
