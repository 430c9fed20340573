namespace PushGateway.Model;

/// <summary>Finds the symbols of one table in another, each once.</summary>
internal readonly ref struct SymbolMap
{
    private readonly SymbolTable _from;
    private readonly SymbolTable _to;
    private readonly Span<(int Use, int Symbol)> _mapped;
    private readonly int _use;

    /// <summary>Creates a map.</summary>
    /// <param name="from">The table that has the symbols.</param>
    /// <param name="to">The table in which they are wanted. They are added to it.</param>
    /// <param name="scratch">Memory to use; grows as needed. What another use has left there counts for nothing.</param>
    /// <param name="use">A number that no other use of the memory has.</param>
    public SymbolMap(SymbolTable from, SymbolTable to, ref (int Use, int Symbol)[] scratch, int use)
    {
        if (scratch.Length < from.Count)
        {
            scratch = new (int Use, int Symbol)[Math.Max(from.Count, scratch.Length * 2)];
        }

        (_from, _to, _use) = (from, to, use);
        _mapped = scratch;
    }

    /// <summary>The symbol in the second table.</summary>
    public int Of(int symbol)
    {
        if (symbol == 0)
        {
            return 0;
        }

        ref var mapped = ref _mapped[symbol];
        if (mapped.Use != _use)
        {
            mapped = (_use, _to.Intern(_from, symbol));
        }

        return mapped.Symbol;
    }
}
