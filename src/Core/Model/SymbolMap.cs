namespace PushGateway.Model;

/// <summary>Finds the symbols of one table in another, each once.</summary>
internal readonly ref struct SymbolMap
{
    private readonly SymbolTable _from;
    private readonly SymbolTable _to;
    private readonly Span<int> _mapped;

    /// <summary>Creates a map.</summary>
    /// <param name="from">The table that has the symbols.</param>
    /// <param name="to">The table in which they are wanted. They are added to it.</param>
    /// <param name="scratch">Memory to use; grows as needed.</param>
    public SymbolMap(SymbolTable from, SymbolTable to, ref int[] scratch)
    {
        if (scratch.Length < from.Count)
        {
            scratch = new int[Math.Max(from.Count, scratch.Length * 2)];
        }

        (_from, _to) = (from, to);
        _mapped = scratch.AsSpan(0, from.Count);
        _mapped.Clear();
    }

    /// <summary>The symbol in the second table.</summary>
    public int Of(int symbol)
    {
        ref var mapped = ref _mapped[symbol];
        return symbol == 0 || mapped != 0 ? mapped : mapped = _to.Intern(_from, symbol);
    }
}
