using PushGateway.Exposition;

namespace PushGateway.Groups;

/// <summary>A scan of an <see cref="UngroupedStore"/>, by family and key.</summary>
internal sealed class UngroupedScan
{
    // Some hundred, so that pushes do not wait long.
    private const int SeriesPerLock = 256;

    private readonly Lock _lock;
    private readonly Entry[] _entries;
    private int _next;
    private int _familyEnd;
    private byte[] _header = [];

    /// <param name="storeLock">The lock of all series.</param>
    /// <param name="series">The series. The lock is held.</param>
    /// <param name="count">Most of them.</param>
    /// <param name="pushedAfterNs">Those that were pushed no later than this, nanoseconds since the Unix epoch, are left out.</param>
    public UngroupedScan(Lock storeLock, IEnumerable<UngroupedSeries> series, int count, long pushedAfterNs)
    {
        _lock = storeLock;
        var entries = new Entry[count];
        var held = 0;
        foreach (var one in series)
        {
            if (one.PushTimeNs > pushedAfterNs)
            {
                entries[held++] = new Entry(one.Header, one);
            }
        }

        _entries = held == count ? entries : entries[..held];
    }

    /// <summary>Brings the series into their order, for which no lock is needed.</summary>
    public UngroupedScan Sort()
    {
        Array.Sort(_entries, static (x, y) =>
        {
            var order = x.Header == y.Header ? 0 : FamilyHeader.Name(x.Header).SequenceCompareTo(FamilyHeader.Name(y.Header));
            return order != 0 ? order : x.Series.Key.AsSpan().SequenceCompareTo(y.Series.Key);
        });
        return this;
    }

    /// <inheritdoc cref="IHeldScan.Rewind"/>
    public void Rewind() => (_next, _familyEnd) = (0, 0);

    /// <inheritdoc cref="IHeldScan.ReadOn"/>
    public bool ReadOn(IHeldVisitor visitor, CancellationToken cancellationToken)
    {
        while (_next < _entries.Length)
        {
            if (visitor.IsFull)
            {
                return false;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (_next == _familyEnd)
            {
                FindFamily();
            }

            if (visitor.BeginFamily(FamilyHeader.Read(_header, pushTimeNs: 0)))
            {
                ReadFamily(visitor);
            }
            else
            {
                _next = _familyEnd;
            }
        }

        return true;
    }

    // Series of one family that were pushed apart may disagree about its type and help: the latest push is right.
    private void FindFamily()
    {
        _header = _entries[_next].Header;
        var agrees = true;
        for (_familyEnd = _next + 1; _familyEnd < _entries.Length; _familyEnd++)
        {
            var header = _entries[_familyEnd].Header;
            if (header != _header && !FamilyHeader.Name(header).SequenceEqual(FamilyHeader.Name(_header)))
            {
                break;
            }

            agrees &= header == _header;
        }

        if (!agrees)
        {
            _header = FindLatest(_entries.AsSpan(_next.._familyEnd));
        }
    }

    private static byte[] FindLatest(ReadOnlySpan<Entry> family)
    {
        var (latest, latestNs) = (family[0].Header, family[0].Series.PushTimeNs);
        foreach (ref readonly var entry in family[1..])
        {
            var timeNs = entry.Series.PushTimeNs;
            var order = timeNs.CompareTo(latestNs);
            (latest, latestNs) = order > 0 || (order == 0 && entry.Header.AsSpan().SequenceCompareTo(latest) > 0)
                ? (entry.Header, timeNs)
                : (latest, latestNs);
        }

        return latest;
    }

    private void ReadFamily(IHeldVisitor visitor)
    {
        while (_next < _familyEnd && !visitor.IsFull)
        {
            lock (_lock)
            {
                for (var end = Math.Min(_familyEnd, _next + SeriesPerLock); _next < end; _next++)
                {
                    var series = _entries[_next].Series;
                    if (!series.IsForgotten)
                    {
                        visitor.Visit(series.Key, series.Sample, series.Histogram);
                    }
                }
            }
        }
    }

    private readonly record struct Entry(byte[] Header, UngroupedSeries Series);
}
