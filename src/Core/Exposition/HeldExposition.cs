using System.Buffers;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>
/// Writes everything that a store holds for scraping, a piece at a time, in memory that does not grow with what is held. Nothing is locked
/// between two pieces. For one use; not thread-safe.
/// </summary>
/// <remarks>
/// What takes no more than <paramref name="sliceBytes"/> is read once and written in one. More than that is first counted, and then read and
/// written in slices of that size: some families at a time, or a part of a large one. Within a slice, families and series stand in the order of
/// <see cref="PrometheusTextWriter"/>. A metric that alone takes more is written in one all the same.
/// </remarks>
/// <param name="format">The format.</param>
/// <param name="scan">What is held; null for nothing.</param>
/// <param name="pins">The labels of the series to write; null for all.</param>
/// <param name="appendOwn">Appends what is written beside it; null for nothing. It does not go together with pins.</param>
/// <param name="sliceBytes">About how much is in memory at a time.</param>
/// <param name="maxFamilies">About how many families are counted at a time.</param>
/// <param name="cancellationToken">Ends the reading.</param>
public sealed class HeldExposition(
    ExpositionFormat format,
    IHeldScan? scan,
    LabelPins? pins,
    Action<MetricBatch>? appendOwn,
    long sliceBytes = HeldExposition.DefaultSliceBytes,
    int maxFamilies = HeldExposition.DefaultMaxFamilies,
    CancellationToken cancellationToken = default) : IDisposable
{
    /// <summary>Some fifty thousand series.</summary>
    public const long DefaultSliceBytes = 12 * 1024 * 1024;

    /// <summary>What is noted of them takes some twenty megabytes.</summary>
    public const int DefaultMaxFamilies = 64 * 1024;

    private readonly GroupReading _reading = new(sliceBytes, pins);
    private IEnumerator<ExpositionWriter>? _writers;
    private MetricBatch? _own;

    /// <summary>Writes the next piece. Whatever the store may refuse to read, it refuses before the first piece is there.</summary>
    /// <returns>False when there was nothing more to write.</returns>
    public bool WritePiece(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _writers ??= WriteSlices().GetEnumerator();
        while (_writers.Current?.WritePiece(output) != true)
        {
            if (!_writers.MoveNext())
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _writers?.Dispose();

    private IEnumerable<ExpositionWriter> WriteSlices()
    {
        if (scan?.ReadOn(_reading, cancellationToken) != false)
        {
            appendOwn?.Invoke(_reading.Batch);
            using var whole = ExpositionWriters.Create(format, _reading);
            yield return whole;
            yield break;
        }

        if (appendOwn is not null)
        {
            appendOwn(_own = new MetricBatch());
        }

        byte[]? after = null;
        do
        {
            var catalog = new FamilyCatalog(after, maxFamilies, pins);
            Read(catalog);
            foreach (var families in Divide(catalog.Sort()))
            {
                foreach (var writer in WriteSlices(families))
                {
                    yield return writer;
                }
            }

            after = catalog.Until;
        }
        while (after is not null);

        _reading.Clear();
        using var end = ExpositionWriters.Create(format, _reading);
        yield return end;
    }

    // Families of one stem stay together. Those of a large one stand alone.
    private IEnumerable<ArraySegment<CatalogFamily>> Divide(CatalogFamily[] families)
    {
        var start = 0;
        var bytes = 0L;
        for (var i = 0; i < families.Length;)
        {
            var (next, bytesOfStem) = (i, 0L);
            for (; next < families.Length && families[next].Stem.SequenceEqual(families[i].Stem); next++)
            {
                bytesOfStem += families[next].Bytes;
            }

            if (i > start && bytes + bytesOfStem > sliceBytes)
            {
                yield return new ArraySegment<CatalogFamily>(families, start, i - start);
                (start, bytes) = (i, 0);
            }

            (i, bytes) = (next, bytes + bytesOfStem);
        }

        if (start < families.Length)
        {
            yield return new ArraySegment<CatalogFamily>(families, start, families.Length - start);
        }
    }

    private IEnumerable<ExpositionWriter> WriteSlices(ArraySegment<CatalogFamily> families)
    {
        Outline(families);
        var plan = new SlicePlan(format, _reading, families, sliceBytes);
        var continues = false;
        foreach (var planned in plan.Slices)
        {
            var slice = planned with { ContinuesFamily = planned.Part > 0 && continues };
            Outline(families);
            var wanted = plan.WantedBy(slice);
            Read(new SliceVisitor(_reading, slice, wanted, plan.UncountedBy(slice, wanted), pins));
            using var writer = ExpositionWriters.Create(format, _reading, slice);
            yield return writer;
            continues = slice.ContinuesFamily || writer.HasWritten;
        }
    }

    private void Outline(ArraySegment<CatalogFamily> families)
    {
        _reading.Clear();
        foreach (var family in families)
        {
            AddOutline(family, family.Type);
            if (family.OtherType != family.Type)
            {
                AddOutline(family, family.OtherType);
            }
        }

        _reading.EndOutline();
    }

    private void AddOutline(CatalogFamily family, MetricType type)
    {
        _reading.AddFamily(new HeldFamily(type, family.Name, family.Help, family.Unit, pushTimeNs: 0));
        for (var series = family.Series; series is not null; series = series.Next)
        {
            _reading.AddOutlineOf(series);
        }
    }

    private void Read(IHeldVisitor visitor)
    {
        scan!.Rewind();
        scan.ReadOn(visitor, cancellationToken);
        if (_own is not null)
        {
            Show(_own, visitor);
        }
    }

    private static void Show(MetricBatch batch, IHeldVisitor visitor)
    {
        var key = new BlobWriter();
        foreach (ref readonly var series in batch.Series)
        {
            var (symbols, family) = (batch.Symbols, batch.Families[series.Family]);
            if (visitor.BeginFamily(new HeldFamily(family.Type, symbols[family.Name], symbols[family.Help], symbols[family.Unit], pushTimeNs: 0)))
            {
                key.Clear();
                SeriesKey.Write(key, batch, series);
                foreach (ref readonly var sample in batch.SamplesOf(series))
                {
                    visitor.Visit(key.Written, sample with { Histogram = 0 }, symbols[sample.Histogram]);
                }
            }
        }
    }
}
