namespace PushGateway.Exposition;

/// <summary>How the families of an outline are written in slices.</summary>
internal sealed class SlicePlan
{
    private readonly List<(int Rank, int Name, int Family, int Series, bool IsHistogram)> _entries = [];
    private readonly byte[][] _boundNames;

    /// <param name="format">The format.</param>
    /// <param name="outline">A reading with nothing but the outline of the families.</param>
    /// <param name="families">The families, in the order of the outline.</param>
    /// <param name="sliceBytes">About how much is in a slice.</param>
    public SlicePlan(ExpositionFormat format, GroupReading outline, ArraySegment<CatalogFamily> families, long sliceBytes)
    {
        using var writer = ExpositionWriters.Create(format, outline, null);
        var ranked = writer.RankSeries();
        var bytes = new long[ranked.Length == 0 ? 0 : ranked.Max(static one => one.Rank) + 1];
        var next = 0;
        var at = 0;
        foreach (var family in families)
        {
            for (var series = family.Series; series is not null; series = series.Next)
            {
                Add(series, countsBytes: true);
            }

            for (var series = family.OtherType != family.Type ? family.Series : null; series is not null; series = series.Next)
            {
                Add(series, countsBytes: false);
            }
        }

        _boundNames = new byte[bytes.Length][];
        for (var rank = 0; rank < bytes.Length; rank++)
        {
            _boundNames[rank] = writer.BoundNameOf(rank).ToArray();
        }

        Slices = [.. Divide(bytes, sliceBytes)];

        void Add(CatalogSeries series, bool countsBytes)
        {
            ref readonly var held = ref outline.Batch.Series[at++];
            var isHistogram = outline.Batch.HasHistograms(held);
            for (var end = next + (isHistogram ? writer.SeriesOfHistogram : 1); next < end; next++)
            {
                var (rank, name) = ranked[next];
                bytes[rank] += countsBytes ? series.Bytes : 0;
                _entries.Add((rank, name, outline.Batch.Families[held.Family].Name, held.Name, isHistogram));
            }
        }
    }

    /// <summary>The slices, in the order in which they are written.</summary>
    public IReadOnlyList<ExpositionSlice> Slices { get; }

    /// <summary>
    /// The series that a slice needs, by the symbols of family and name: its own, and those of other families which have the same name.
    /// </summary>
    public HashSet<(int Family, int Name, bool IsHistogram)> WantedBy(ExpositionSlice slice)
    {
        var names = new HashSet<int>(_entries.Count);
        foreach (var entry in _entries)
        {
            if (entry.Rank >= slice.First && entry.Rank <= slice.Last)
            {
                names.Add(entry.Name);
            }
        }

        var wanted = new HashSet<(int, int, bool)>(_entries.Count);
        foreach (var entry in _entries)
        {
            if (names.Contains(entry.Name))
            {
                wanted.Add((entry.Family, entry.Series, entry.IsHistogram));
            }
        }

        return wanted;
    }

    /// <summary>
    /// The labels that do not count for the part of a series: the one in which the series of a metric differ, and that of the bucket as which a
    /// text format writes a native histogram.
    /// </summary>
    public byte[][] UncountedBy(ExpositionSlice slice, HashSet<(int Family, int Name, bool IsHistogram)> wanted)
    {
        var bound = _boundNames[slice.First];
        byte[][] names = [bound, wanted.Any(static one => one.IsHistogram) ? "le"u8.ToArray() : []];
        return slice.Parts == 1 ? [] : Array.FindAll(names, static name => name.Length > 0);
    }

    private static IEnumerable<ExpositionSlice> Divide(long[] bytes, long sliceBytes)
    {
        var first = 0;
        var sum = 0L;
        for (var rank = 0; rank < bytes.Length; rank++)
        {
            if (rank > first && sum + bytes[rank] > sliceBytes)
            {
                yield return new ExpositionSlice(first, rank - 1, 0, 1);
                (first, sum) = (rank, 0);
            }

            sum += bytes[rank];
            if (sum > sliceBytes)
            {
                var parts = (int)((sum + sliceBytes - 1) / sliceBytes);
                for (var part = 0; part < parts; part++)
                {
                    yield return new ExpositionSlice(rank, rank, part, parts);
                }

                (first, sum) = (rank + 1, 0);
            }
        }

        if (first < bytes.Length)
        {
            yield return new ExpositionSlice(first, bytes.Length - 1, 0, 1);
        }
    }
}
