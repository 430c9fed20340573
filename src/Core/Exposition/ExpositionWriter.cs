using System.Buffers;
using System.Collections;
using PushGateway.Model;

namespace PushGateway.Exposition;

/// <summary>
/// Writes series for scraping, a piece at a time, so that what is written can be sent on before the next: the exposition is never in
/// memory as a whole. For one use; not thread-safe.
/// </summary>
/// <remarks>
/// Of a reading, series of groups that have no label <c>instance</c> are written with <c>instance=""</c>, as a Pushgateway does, so that
/// a scraping Prometheus does not add its own. A series that stands in it more than once, which two groups can give, is written
/// once, with the value pushed last: Prometheus would refuse the second. A batch is written as it stands.
/// </remarks>
public abstract class ExpositionWriter : IDisposable
{
    private readonly GroupReading? _reading;
    private readonly int _groupedSeries;
    private readonly int _outlineSeries;
    private readonly ExpositionSlice? _slice;
    private ExposedSeries[]? _keys;
    private int _count;
    private int _written;
    private bool _ended;

    /// <param name="batch">What is written; of a reading, its batch or a copy with the same families.</param>
    /// <param name="groupedSeries">How many series at its start are those of groups.</param>
    /// <param name="outlineSeries">How many series at its start only outline the families.</param>
    /// <param name="reading">What it comes from; null when the batch is written as it stands.</param>
    /// <param name="slice">What of it is written; null for all.</param>
    private protected ExpositionWriter(
        MetricBatch batch, int groupedSeries, int outlineSeries, GroupReading? reading, ExpositionSlice? slice)
    {
        Batch = batch;
        _groupedSeries = groupedSeries;
        _outlineSeries = outlineSeries;
        _reading = reading;
        _slice = slice;
        Labels = new ExposedLabels(batch, groupedSeries);
    }

    private protected MetricBatch Batch { get; }

    private protected ExposedLabels Labels { get; }

    /// <summary>Writes the next piece: some hundred lines of text, or one protobuf message.</summary>
    /// <returns>False when there was nothing more to write.</returns>
    public bool WritePiece(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (_ended)
        {
            return false;
        }

        _keys ??= TakeKeys();
        if (_written < _count)
        {
            _written += Write(_keys.AsSpan(_written, _count - _written), output);
            return true;
        }

        if (_slice is null)
        {
            WriteEnd(output);
        }

        _ended = true;
        return _slice is null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_keys is not null)
        {
            ArrayPool<ExposedSeries>.Shared.Return(_keys);
        }

        (_keys, _count, _ended) = (null, 0, true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether a series has been written.</summary>
    internal bool HasWritten => _written > 0;

    /// <summary>How many series a native histogram is written as.</summary>
    internal virtual int SeriesOfHistogram => 1;

    /// <summary>The rank of the family of every series of the batch, in its order, and the name of the series.</summary>
    internal (int Rank, int Name)[] RankSeries()
    {
        var keys = new ExposedSeries[Batch.Series.Length];
        WriteKeys(keys);
        return Array.ConvertAll(keys, key => (key.Family, Batch.Series[key.Series].Name));
    }

    /// <summary>The label that is not among those which the series of one metric share; empty without one.</summary>
    internal abstract ReadOnlySpan<byte> BoundNameOf(int rank);

    /// <summary>Writes every piece and disposes the writer.</summary>
    internal void WriteAll(IBufferWriter<byte> output)
    {
        using (this)
        {
            while (WritePiece(output))
            {
            }
        }
    }

    /// <summary>Fills in the key of every series of the batch, in its order.</summary>
    private protected abstract void WriteKeys(Span<ExposedSeries> keys);

    /// <summary>Writes series from the start of those that are left, which may be reordered, and says how many.</summary>
    private protected abstract int Write(Span<ExposedSeries> rest, IBufferWriter<byte> output);

    /// <summary>Writes what stands after all series.</summary>
    private protected virtual void WriteEnd(IBufferWriter<byte> output)
    {
    }

    private ExposedSeries[] TakeKeys()
    {
        var series = Batch.Series.Length;
        var keys = ArrayPool<ExposedSeries>.Shared.Rent(series);
        WriteKeys(keys.AsSpan(0, series));
        _count = _reading is null ? series : DropSuperseded(keys.AsSpan(0, series), _reading);
        _count = _slice is null ? _count : DropOthers(keys.AsSpan(0, _count), _slice);
        keys.AsSpan(0, _count).Sort(new ExposedSeriesOrder(Batch));
        return keys;
    }

    // Families that are not of the slice have series in its reading that may supersede those that are.
    private static int DropOthers(Span<ExposedSeries> keys, ExpositionSlice slice)
    {
        var kept = 0;
        foreach (ref readonly var key in keys)
        {
            if (key.Family >= slice.First && key.Family <= slice.Last)
            {
                keys[kept++] = key;
            }
        }

        return kept;
    }

    // Of equal series, the one that was pushed last stays, and none of the outline. Returns how many are left, in their order.
    private int DropSuperseded(Span<ExposedSeries> keys, GroupReading reading)
    {
        using var index = new SeriesIndex(Batch, keys.Length);
        var superseded = new BitArray(keys.Length);
        for (var series = _outlineSeries; series < keys.Length; series++)
        {
            var other = index.FindOrAdd(series);
            if (other != series)
            {
                var isEarlier = PushTime(series, reading) < PushTime(other, reading);
                superseded[isEarlier ? series : other] = true;
                if (!isEarlier)
                {
                    index.Replace(series);
                }
            }
        }

        var kept = 0;
        for (var i = _outlineSeries; i < keys.Length; i++)
        {
            if (!superseded[i])
            {
                keys[kept++] = keys[i];
            }
        }

        return kept;
    }

    // Ungrouped series were pushed at the time of their sample, as far as is known; what has none is the gateway's own, and stays.
    private Int128 PushTime(int index, GroupReading reading)
    {
        ref readonly var series = ref Batch.Series[index];
        if (index < _groupedSeries)
        {
            return reading.PushTimeNs(series.Family);
        }

        var timestampMs = Batch.SamplesOf(series) is [.., var last] ? last.TimestampMs : Sample.NoTimestamp;
        return timestampMs == Sample.NoTimestamp ? Int128.MaxValue : (Int128)timestampMs * 1_000_000;
    }
}
