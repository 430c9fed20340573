using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>
/// Takes the series of a slice, and those that may supersede them, into a reading that begins with an outline of their families. The
/// families are those of the outline: what was pushed since is shown the next time.
/// </summary>
/// <param name="reading">The reading. It holds the outline.</param>
/// <param name="slice">The slice.</param>
/// <param name="wanted">The series that may be in it, by the symbols of family and name, floats apart from histograms.</param>
/// <param name="uncounted">The labels that do not count for the part of a series.</param>
/// <param name="pins">The labels of the series to take; null for all.</param>
internal sealed class SliceVisitor(
    GroupReading reading, ExpositionSlice slice, HashSet<(int Family, int Name, bool IsHistogram)> wanted, byte[][] uncounted, LabelPins? pins)
    : IHeldVisitor
{
    private readonly int[] _families = FindFamilies(reading, wanted);
    private string _path = "";
    private int _name;
    private long _pushTimeNs;
    private bool _isAdded;

    public bool IsFull => false;

    public void BeginGroup(string path) => _path = path;

    public bool BeginFamily(in HeldFamily family)
    {
        (_name, _pushTimeNs, _isAdded) = (reading.Batch.Symbols.Find(family.Name), family.PushTimeNs, false);
        return _name >= 0 && _name < _families.Length && _families[_name] >= 0;
    }

    public void Visit(ReadOnlySpan<byte> key, in Sample sample, ReadOnlySpan<byte> histogram)
    {
        if (!IsWanted(key, !histogram.IsEmpty))
        {
            return;
        }

        if (!_isAdded)
        {
            _isAdded = true;
            reading.AddFamilyLike(_families[_name], _pushTimeNs);
        }

        reading.Visit(key, sample, histogram);
    }

    public void VisitNever(ReadOnlySpan<byte> name, long heardAtNs)
    {
        var symbol = reading.Batch.Symbols.Find(name);
        if (symbol >= 0 && symbol < _families.Length && _families[symbol] >= 0 && GroupingKeyParser.TryParse(_path, out var group, out _))
        {
            NeverPushed.Show(this, group, name, heardAtNs);
        }
    }

    public void EndGroup() => reading.EndGroups();

    // By the symbol of a name, a family of the outline from which something is wanted; otherwise -1.
    private static int[] FindFamilies(GroupReading reading, HashSet<(int Family, int Name, bool IsHistogram)> wanted)
    {
        var families = new int[reading.Batch.Symbols.Count];
        Array.Fill(families, -1);
        foreach (var (family, _, _) in wanted)
        {
            families[family] = 0;
        }

        var outline = reading.Batch.Families;
        for (var i = outline.Length - 1; i >= 0; i--)
        {
            ref var index = ref families[outline[i].Name];
            index = index < 0 ? index : i;
        }

        return families;
    }

    private bool IsWanted(ReadOnlySpan<byte> key, bool isHistogram)
    {
        var reader = new BlobReader(key);
        var name = reader.ReadBytes();
        return wanted.Contains((_name, reading.Batch.Symbols.Find(name), isHistogram))
            && (slice.Parts == 1 || PartOf(reader) == slice.Part)
            && (pins is null || pins.Match(key));
    }

    // Hashes have a secret seed per process, so a sender cannot put all series into one part.
    private int PartOf(BlobReader labels)
    {
        var hash = new HashCode();
        if (uncounted.Length == 0)
        {
            hash.AddBytes(labels.Rest);
        }

        while (uncounted.Length > 0 && !labels.AtEnd)
        {
            var name = labels.ReadBytes();
            var value = labels.ReadBytes();
            if (!IsUncounted(name))
            {
                hash.AddBytes(name);
                hash.AddBytes(value);
            }
        }

        return (int)((uint)hash.ToHashCode() % (uint)slice.Parts);
    }

    private bool IsUncounted(ReadOnlySpan<byte> name)
    {
        foreach (var label in uncounted)
        {
            if (name.SequenceEqual(label))
            {
                return true;
            }
        }

        return false;
    }
}
