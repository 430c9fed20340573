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
}
