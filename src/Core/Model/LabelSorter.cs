namespace PushGateway.Model;

/// <summary>
/// Sorts the labels of series by name. Series that follow each other mostly have the same names in the same order, whose places it remembers.
/// </summary>
internal sealed class LabelSorter
{
    private const int FewLabels = 64;

    // Of the labels sorted last: their names as they came, and the place of each.
    private readonly int[] _names = new int[FewLabels];
    private readonly int[] _places = new int[FewLabels];
    private readonly Label[] _labels = new Label[FewLabels];
    private int _count;
    private bool _inOrder;

    /// <summary>Sorts labels of which no two have one name.</summary>
    public void Sort(Span<Label> labels, SymbolTable symbols)
    {
        // A hostile set is read before its labels are counted.
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

    /// <summary>The symbols mean something else from now on.</summary>
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
