using System.Runtime.InteropServices;

namespace PushGateway.Groups;

/// <summary>
/// Series that one push has ended, sorted by key. What is removed costs a search for each key, at most a walk through both, and nothing
/// for keys that are not there.
/// </summary>
internal sealed class EndedSet
{
    private readonly List<EndedSeries> _series = [];

    public int Count => _series.Count;

    /// <summary>How many series there is room for.</summary>
    public int Capacity => _series.Capacity;

    public ReadOnlySpan<EndedSeries> Series => CollectionsMarshal.AsSpan(_series);

    public void Clear() => _series.Clear();

    /// <summary>Adds a series at the end, in whatever order: <see cref="Sort"/> is due.</summary>
    public void Append(in EndedSeries series) => _series.Add(series);

    /// <summary>Puts what was appended in order. Of a series that is there twice, the later marker stays.</summary>
    public void Sort()
    {
        if (IsSorted())
        {
            return;
        }

        _series.Sort(static (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key) is not 0 and var order ? order : b.MarkerMs.CompareTo(a.MarkerMs));
        var kept = 1;
        for (var i = 1; i < _series.Count; i++)
        {
            if (!_series[i].Key.AsSpan().SequenceEqual(_series[kept - 1].Key))
            {
                _series[kept++] = _series[i];
            }
        }

        CollectionsMarshal.SetCount(_series, kept);
    }

    /// <summary>The same series, ended by a push of another time.</summary>
    public EndedSet At(long pushTimeNs)
    {
        foreach (ref var series in CollectionsMarshal.AsSpan(_series))
        {
            series = series with { PushTimeNs = pushTimeNs };
        }

        return this;
    }

    /// <summary>Takes in the series of another set; of one in both, the later marker stays. Returns whether anything changed.</summary>
    public bool Join(EndedSet other)
    {
        if (other.Count == 0)
        {
            return false;
        }

        var held = _series.ToArray();
        var (changed, at) = (false, 0);
        _series.Clear();
        foreach (ref readonly var added in other.Series)
        {
            while (at < held.Length && held[at].Key.AsSpan().SequenceCompareTo(added.Key) < 0)
            {
                _series.Add(held[at++]);
            }

            var isHeld = at < held.Length && held[at].Key.AsSpan().SequenceEqual(added.Key);
            var isLater = !isHeld || added.MarkerMs > held[at].MarkerMs;
            _series.Add(isLater ? added : held[at]);
            changed |= isLater;
            at += isHeld ? 1 : 0;
        }

        _series.AddRange(held.AsSpan(at));
        return changed;
    }

    /// <summary>Removes the series of a <see cref="SeriesSet"/>.</summary>
    public void RemoveLive(ReadOnlySpan<byte> seriesSet)
    {
        var live = new SeriesSetReader(seriesSet);
        var (read, written) = (0, 0);
        while (read < _series.Count && live.MoveNext())
        {
            KeepBefore(live.Key, ref read, ref written);
            read += read < _series.Count && live.Key.SequenceEqual(_series[read].Key) ? 1 : 0;
        }

        KeepRest(read, written);
    }

    /// <summary>Removes sorted series that are here with the same marker; whether there were any.</summary>
    public bool RemoveDelivered(ReadOnlySpan<EndedSeries> delivered)
    {
        var (read, written) = (0, 0);
        foreach (ref readonly var one in delivered)
        {
            KeepBefore(one.Key, ref read, ref written);
            read += read < _series.Count && _series[read] == one ? 1 : 0;
        }

        return KeepRest(read, written);
    }

    /// <summary>Whether one of the series may be in a <see cref="SeriesSet"/> with this first and last key.</summary>
    public bool Overlaps(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last) =>
        Find(first, 0) is var at && at < _series.Count && _series[at].Key.AsSpan().SequenceCompareTo(last) <= 0;

    private bool IsSorted()
    {
        for (var i = 1; i < _series.Count; i++)
        {
            if (_series[i - 1].Key.AsSpan().SequenceCompareTo(_series[i].Key) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private void KeepBefore(ReadOnlySpan<byte> key, ref int read, ref int written)
    {
        var next = Find(key, read);
        Keep(read, next - read, ref written);
        read = next;
    }

    private bool KeepRest(int read, int written)
    {
        var before = _series.Count;
        Keep(read, before - read, ref written);
        CollectionsMarshal.SetCount(_series, written);
        return written < before;
    }

    private void Keep(int from, int count, ref int written)
    {
        if (from != written)
        {
            var all = CollectionsMarshal.AsSpan(_series);
            all.Slice(from, count).CopyTo(all[written..]);
        }

        written += count;
    }

    // The first series from an index on whose key is not less. The search begins with small steps: mostly it is near.
    private int Find(ReadOnlySpan<byte> key, int from)
    {
        var (low, step) = (from, 1);
        while (low + step - 1 < _series.Count && _series[low + step - 1].Key.AsSpan().SequenceCompareTo(key) < 0)
        {
            low += step;
            step *= 2;
        }

        var high = Math.Min(low + step - 1, _series.Count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = _series[middle].Key.AsSpan().SequenceCompareTo(key) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
