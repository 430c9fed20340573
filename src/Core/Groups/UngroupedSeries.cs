using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>The last sample of one ungrouped series.</summary>
internal sealed class UngroupedSeries(long id, byte[] key) : StateEntry(id)
{
    /// <summary>First byte of a series' row.</summary>
    public const byte RowKind = 2;

    /// <summary>A <see cref="SeriesKey"/>.</summary>
    public byte[] Key { get; } = key;

    /// <summary>The <see cref="FamilyHeader"/> that came with the sample.</summary>
    public byte[] Header { get; private set; } = [];

    /// <summary>The sample, without its histogram.</summary>
    public Sample Sample { get; private set; }

    /// <summary>The bytes of its histogram; empty with a float. Never written to.</summary>
    public byte[] Histogram { get; private set; } = [];

    /// <summary>When the sample was pushed, nanoseconds since the Unix epoch.</summary>
    public long PushTimeNs { get; private set; } = long.MinValue;

    /// <summary>The series that was pushed behind this one the last time, as mostly the next time.</summary>
    public UngroupedSeries? Next { get; private set; }

    /// <summary>Whether the store no longer has the series.</summary>
    public bool IsForgotten { get; private set; }

    /// <summary>Reads a row, <see cref="RowKind"/> already taken.</summary>
    public static UngroupedSeries ReadRow(long id, BlobReader reader, BlobPool headers)
    {
        var pushTimeNs = reader.ReadInt64();
        var held = SeriesSet.ReadSample(ref reader);
        var header = headers.Intern(reader.ReadBytes());
        return new UngroupedSeries(id, reader.Rest.ToArray())
        {
            PushTimeNs = pushTimeNs,
            Sample = held.Sample,
            Histogram = held.Histogram.ToArray(),
            Header = header,
        };
    }

    /// <summary>Reads everything that a row has brought, which later fails on nobody then.</summary>
    /// <param name="scratch">Takes what is read.</param>
    /// <exception cref="InvalidDataException">Something cannot be read.</exception>
    public void Check(MetricBatch scratch) =>
        SeriesKey.AddTo(scratch, FamilyHeader.AddTo(scratch, Header), Key, new HeldSample(Sample, Histogram).In(scratch.Symbols));

    /// <inheritdoc/>
    public override void WriteRow(BlobWriter writer)
    {
        writer.WriteByte(RowKind);
        writer.WriteInt64(PushTimeNs);
        SeriesSet.WriteSample(writer, new HeldSample(Sample, Histogram));
        writer.WriteBytes(Header);
        writer.WriteRaw(Key);
    }

    /// <summary>Notes which series is pushed behind this one.</summary>
    public void IsFollowedBy(UngroupedSeries next) => Next = next;

    /// <summary>The store has let go of the series, which leads to no other any more.</summary>
    public void Forget() => (Next, IsForgotten) = (null, true);

    /// <summary>
    /// Brings the times back to just before <paramref name="untilNs"/>, if the push leads <paramref name="nowNs"/> by more than a clock may.
    /// </summary>
    public void BringBack(long nowNs, long untilNs)
    {
        if (PushTimeNs > nowNs + PushClock.MaxLeadNs)
        {
            PushTimeNs = untilNs - 1;
            Sample = Sample with { TimestampMs = Math.Min(Sample.TimestampMs, (untilNs / 1_000_000) - 1) };
        }
    }

    /// <summary>Holds the sample if it is later than the one held, or as late and pushed later; whether anything changed.</summary>
    public bool Set(long pushTimeNs, HeldSample sample, byte[] header, BlobWriter scratch, BlobPool headers)
    {
        var order = Header.Length == 0 ? 1 : sample.Sample.TimestampMs.CompareTo(Sample.TimestampMs);
        order = order != 0 ? order : pushTimeNs.CompareTo(PushTimeNs);
        order = order != 0 ? order : SampleOrder.Compare(sample, new HeldSample(Sample, Histogram));
        if (order < 0)
        {
            return false;
        }

        var held = Header;
        Header = order > 0 ? header : FamilyHeader.Join(held, header, scratch, headers);
        (Sample, PushTimeNs) = (sample.Sample, pushTimeNs);
        Histogram = sample.Histogram.SequenceEqual(Histogram) ? Histogram : sample.Histogram.ToArray();
        return order > 0 || Header != held;
    }
}
