namespace PushGateway.Model;

/// <summary>
/// Sorts the labels of series by name. Consecutive series usually have the same names in the same order, so the sorter remembers the last
/// order.
/// </summary>
internal sealed class LabelSorter
{
    private const int FewLabels = 64;

    // The names of the labels that were sorted last, in their original order, and the place of each after sorting.
    private readonly int[] _names = new int[FewLabels];
    private readonly int[] _places = new int[FewLabels];
    private readonly Label[] _labels = new Label[FewLabels];
    private int _count;
    private bool _inOrder;

    /// <summary>Sorts labels that have different names.</summary>
    public void Sort(Span<Label> labels, SymbolTable symbols)
    {
        // The number of labels is checked only later, so a hostile set may be large here.
        if (labels.Length > FewLabels)
        {
            SortMany(labels, symbols);
            return;
        }

        if (!AreAsBefore(labels))
        {
            Learn(labels, symbols);
        }

        if (!_inOrder)
        {
            labels.CopyTo(_labels);
            for (var i = 0; i < labels.Length; i++)
            {
                labels[_places[i]] = _labels[i];
            }
        }
    }

    /// <summary>Forgets the last order. Must be called when the symbols change their meaning.</summary>
    public void Forget() => _count = 0;

    private static void SortMany(Span<Label> labels, SymbolTable symbols) =>
        labels.Sort((x, y) => symbols[x.Name].SequenceCompareTo(symbols[y.Name]));

    private bool AreAsBefore(ReadOnlySpan<Label> labels)
    {
        if (labels.Length != _count)
        {
            return false;
        }

        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i].Name != _names[i])
            {
                return false;
            }
        }

        return true;
    }

    // An insertion sort of the indexes.
    private void Learn(ReadOnlySpan<Label> labels, SymbolTable symbols)
    {
        Span<int> sorted = stackalloc int[FewLabels];
        (_count, _inOrder) = (labels.Length, true);
        for (var i = 0; i < labels.Length; i++)
        {
            _names[i] = labels[i].Name;
            var name = symbols[labels[i].Name];
            var place = i;
            for (; place > 0 && name.SequenceCompareTo(symbols[labels[sorted[place - 1]].Name]) < 0; place--)
            {
                sorted[place] = sorted[place - 1];
                _inOrder = false;
            }

            sorted[place] = i;
        }

        for (var place = 0; place < labels.Length; place++)
        {
            _places[sorted[place]] = place;
        }
    }
}
