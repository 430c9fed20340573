using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>The families of an exposition, one for each name, in the order in which they are written.</summary>
internal sealed class ExposedFamilies
{
    private readonly MetricBatch _batch;
    private readonly int[] _rankOf;
    private readonly MetricFamily[] _merged;
    private readonly bool[] _isMixed;

    // By the symbol of a name, before colliding families move ahead.
    private readonly Dictionary<int, int> _rankOfName = [];
    private int _count;

    public ExposedFamilies(MetricBatch batch)
    {
        _batch = batch;
        int[] byName = [.. Enumerable.Range(0, batch.Families.Length)];
        Array.Sort(byName, CompareNames);
        _rankOf = new int[byName.Length];
        _merged = new MetricFamily[byName.Length];
        _isMixed = new bool[byName.Length];
        Merge(byName, FindUsed(batch));
        MoveCollidingAhead();
    }

    /// <summary>Number of families.</summary>
    public int Count => _count;

    /// <summary>The merged family of a rank.</summary>
    public MetricFamily this[int rank] => _merged[rank];

    /// <summary>The rank of a family of the batch that has series.</summary>
    public int RankOf(int family) => _rankOf[family];

    /// <summary>Writes the key of every series, in the order of the batch.</summary>
    public void WriteKeys(Span<ExposedSeries> keys)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            var rank = _rankOf[_batch.Series[i].Family];
            keys[i] = KeyOf(_batch, _merged[rank], rank, i);
        }
    }

    private static bool[] FindUsed(MetricBatch batch)
    {
        var used = new bool[batch.Families.Length];
        foreach (ref readonly var series in batch.Series)
        {
            used[series.Family] = true;
        }

        return used;
    }

    // The families that collide with a histogram or summary come ahead of all others, against the order of their names, so that each
    // comes before the one it collides with: after it, expfmt would take their type for the histogram's second.
    private void MoveCollidingAhead()
    {
        var colliding = new Stack<int>();
        for (var rank = 0; rank < _count; rank++)
        {
            if (Collides(rank))
            {
                colliding.Push(rank);
            }
        }

        if (colliding.Count > 0)
        {
            Reorder([.. colliding, .. Enumerable.Range(0, _count).Except(colliding)]);
        }
    }

    private void Reorder(int[] order)
    {
        var families = Array.ConvertAll(order, rank => _merged[rank]);
        families.CopyTo(_merged, 0);
        var ranks = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            ranks[order[i]] = i;
        }

        for (var i = 0; i < _rankOf.Length; i++)
        {
            _rankOf[i] = ranks[_rankOf[i]];
        }
    }

    // Whether a family has the name of a histogram's or summary's series, which someone else pushed without its type. A family of
    // mixed types, written as untyped, may hold such series, too.
    private bool Collides(int rank)
    {
        var name = _batch.Symbols[_merged[rank].Name];
        var role = SeriesRoles.OfSuffix(name, out var suffixLength);
        return role != SeriesRole.Own && _rankOfName.TryGetValue(_batch.Symbols.Find(name[..^suffixLength]), out var found)
            && (_isMixed[found] || SeriesRoles.Has(_merged[found].Type, role));
    }

    private int CompareNames(int x, int y)
    {
        var left = _batch.Families[x].Name;
        var right = _batch.Families[y].Name;
        return left == right ? x.CompareTo(y) : _batch.Symbols[left].SequenceCompareTo(_batch.Symbols[right]);
    }

    private void Merge(ReadOnlySpan<int> byName, ReadOnlySpan<bool> used)
    {
        var rank = -1;
        foreach (var index in byName)
        {
            if (!used[index])
            {
                continue;
            }

            ref readonly var family = ref _batch.Families[index];
            if (rank < 0 || _merged[rank].Name != family.Name)
            {
                _merged[++rank] = family;
                _rankOfName.Add(family.Name, rank);
            }

            ref var merged = ref _merged[rank];
            merged.Help = merged.Help != 0 ? merged.Help : family.Help;
            _isMixed[rank] |= merged.Type != family.Type;
            merged.Type = _isMixed[rank] ? MetricType.Unspecified : merged.Type;
            _rankOf[index] = rank;
        }

        _count = rank + 1;
    }

    /// <summary>The key of a series in a family of that rank.</summary>
    public static ExposedSeries KeyOf(MetricBatch batch, in MetricFamily family, int rank, int index)
    {
        ref readonly var series = ref batch.Series[index];
        var boundName = SeriesRoles.BoundName(family.Type);
        if (boundName.IsEmpty)
        {
            return new ExposedSeries(rank, SeriesRole.Own, 0, 0, index);
        }

        var role = series.Name == family.Name ? SeriesRole.Own : SeriesRoles.OfSuffix(batch.Symbols[series.Name], out _);
        foreach (var label in batch.LabelsOf(series))
        {
            if (batch.Symbols[label.Name].SequenceEqual(boundName) && GoFloat.TryParse(batch.Symbols[label.Value], out var bound))
            {
                return new ExposedSeries(rank, role, bound, label.Name, index);
            }
        }

        return new ExposedSeries(rank, role, 0, 0, index);
    }
}
