using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>
/// Takes note of the families that are held and of how much each will take, without taking any series. It holds the first
/// <paramref name="maxFamilies"/> behind a given one, or somewhat more, in order of their stems (<see cref="FamilyStem"/>): families of one stem
/// are in one catalog.
/// </summary>
/// <param name="after">The stem behind which it begins; null for the start.</param>
/// <param name="maxFamilies">About how many families it holds.</param>
/// <param name="pins">The labels of the series that count; null for all.</param>
internal sealed class FamilyCatalog(byte[]? after, int maxFamilies, LabelPins? pins) : IHeldVisitor
{
    private readonly Dictionary<byte[], CatalogFamily> _families = new(ByteArrayComparer.Instance);
    private string _path = "";
    private CatalogFamily? _family;
    private MetricType _type;
    private byte[] _help = [];
    private bool _isNoted;

    /// <summary>The stem of the last family that it holds; null when none is left behind it.</summary>
    public byte[]? Until { get; private set; }

    public bool IsFull => false;

    /// <summary>The families, in the order of their stems and names.</summary>
    public CatalogFamily[] Sort()
    {
        Trim(maxFamilies);
        CatalogFamily[] sorted = [.. _families.Values];
        Array.Sort(sorted, Compare);
        return sorted;
    }

    public void BeginGroup(string path) => _path = path;

    public bool BeginFamily(in HeldFamily family)
    {
        if (!_families.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(family.Name, out _family))
        {
            var stem = FamilyStem.Of(family.Name);
            if ((after is not null && stem.SequenceCompareTo(after) <= 0) || (Until is not null && stem.SequenceCompareTo(Until) > 0))
            {
                return false;
            }

            _family = new CatalogFamily(family.Name.ToArray(), family.Type, family.Unit.ToArray());
        }

        _type = family.Type;
        _help = _family.Help.Length > 0 ? [] : family.Help.ToArray();
        _isNoted = false;
        return true;
    }

    public void Visit(ReadOnlySpan<byte> key, in Sample sample, ReadOnlySpan<byte> histogram)
    {
        if (pins is not null && !pins.Match(key))
        {
            return;
        }

        var family = _family!;
        if (!_isNoted)
        {
            Note(family);
        }

        family.Add(new BlobReader(key).ReadBytes(), histogram, GroupReading.BytesOf(key, histogram));
    }

    public void VisitNever(ReadOnlySpan<byte> name, long heardAtNs)
    {
        if (GroupingKeyParser.TryParse(_path, out var group, out _))
        {
            NeverPushed.Show(this, group, name, heardAtNs);
        }
    }

    public void EndGroup()
    {
    }

    private static int Compare(CatalogFamily a, CatalogFamily b)
    {
        var order = a.Stem.SequenceCompareTo(b.Stem);
        return order != 0 ? order : a.Name.AsSpan().SequenceCompareTo(b.Name);
    }

    // A family without a series does not count.
    private void Note(CatalogFamily family)
    {
        _isNoted = true;
        family.Add(_type, _help);
        if (_families.TryAdd(family.Name, family) && _families.Count >= maxFamilies + (maxFamilies / 2))
        {
            Trim(maxFamilies);
        }
    }

    // Drops the families of the last stems.
    private void Trim(int count)
    {
        if (_families.Count <= count)
        {
            return;
        }

        CatalogFamily[] sorted = [.. _families.Values];
        Array.Sort(sorted, Compare);
        var last = sorted[count - 1].Stem;
        var kept = count;
        while (kept < sorted.Length && sorted[kept].Stem.SequenceEqual(last))
        {
            kept++;
        }

        if (kept == sorted.Length)
        {
            return;
        }

        Until = last.ToArray();
        foreach (var dropped in sorted.AsSpan(kept))
        {
            _families.Remove(dropped.Name);
        }
    }
}
