using PushGateway.Model;

namespace PushGateway.Formats.Json;

/// <summary>The labels of the record being read, sorted by name: sorted once, they reach every series of the record in order.</summary>
/// <param name="room">Memory for as many labels as a record may have.</param>
internal ref struct RecordLabels(Span<Label> room)
{
    private readonly Span<Label> _room = room;

    /// <summary>Number of labels, those with an empty value included.</summary>
    public int Count { get; private set; }

    /// <summary>The labels. The value of one is set after <see cref="TryInsert"/>.</summary>
    public readonly Span<Label> Span => _room[..Count];

    public void Clear() => Count = 0;

    /// <summary>Makes a place for a name; false when it is there already.</summary>
    public bool TryInsert(SymbolTable symbols, int name, out int index)
    {
        for (index = Count; index > 0; index--)
        {
            var before = _room[index - 1].Name;
            var order = before == name ? 0 : symbols[before].SequenceCompareTo(symbols[name]);
            if (order == 0)
            {
                return false;
            }

            if (order < 0)
            {
                break;
            }
        }

        _room[index..Count].CopyTo(_room[(index + 1)..]);
        Count++;
        return true;
    }

    /// <summary>Adds a series of the record to a batch: the first with the labels, those that follow with the same ones.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="recordStart">Where the record begins.</param>
    /// <param name="family">Index of the family.</param>
    /// <param name="name">Symbol of the series' name.</param>
    /// <param name="sample">Its one sample.</param>
    public readonly void AddSeries(MetricBatch batch, BatchMark recordStart, int family, int name, Sample sample)
    {
        if (batch.Series.Length > recordStart.Series)
        {
            batch.AddSeriesWithSameLabels(family, name, sample);
            return;
        }

        batch.BeginSeries(family, name);
        foreach (var label in Span)
        {
            batch.AddLabel(label.Name, label.Value);
        }

        batch.AddSample(sample);
        batch.EndSeries();
    }
}
