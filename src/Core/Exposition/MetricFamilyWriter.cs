using System.Buffers;
using System.Runtime.InteropServices;
using PushGateway.Formats.Prometheus;
using PushGateway.Formats.Protobuf;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>
/// Writes a batch as messages <c>io.prometheus.client.MetricFamily</c>, each after its length as a varint, families and metrics in the order
/// of <see cref="PrometheusTextWriter"/>. The series of a histogram or summary that share their other labels and a timestamp become one metric.
/// </summary>
/// <remarks>
/// <para>
/// Counts that are not whole numbers travel in the float fields of a histogram; a summary, which has none, loses their fraction. A count
/// that is missing is taken from the bucket <c>+Inf</c>. What else is missing of a histogram or summary, a reader takes for 0.
/// </para>
/// <para>
/// Families of one name are written as one. Where their types differ, every name among their series becomes an untyped family of its own;
/// so does a series of a histogram or summary that is neither bucket, quantile, sum nor count. Native histograms stay what they are, and are
/// then a family of histograms of their own. Info and state set become a gauge.
/// </para>
/// <para>
/// A family that is written in several slices is as many messages of one name, because the length of a message comes before its content.
/// </para>
/// </remarks>
internal sealed class MetricFamilyWriter : ExpositionWriter
{
    private readonly ExposedFamilies _families;
    private readonly ExposedSeriesOrder _order;
    private readonly ReusableBuffer _message = new();
    private readonly List<MetricPoint> _points = [];
    private int _headerSize;

    public MetricFamilyWriter(MetricBatch batch, GroupReading? reading, ExpositionSlice? slice = null)
        : base(batch, reading?.GroupsEnd.Series ?? 0, reading?.OutlineSeries ?? 0, reading, slice) =>
        (_families, _order) = (new ExposedFamilies(batch), new ExposedSeriesOrder(batch));

    internal override ReadOnlySpan<byte> BoundNameOf(int rank) => SeriesRoles.BoundName(_families[rank].Type);

    private protected override void WriteKeys(Span<ExposedSeries> keys) => _families.WriteKeys(keys);

    private protected override int Write(Span<ExposedSeries> rest, IBufferWriter<byte> output)
    {
        var rank = rest[0].Family;
        var end = 1;
        while (end < rest.Length && rest[end].Family == rank)
        {
            end++;
        }

        WriteFamily(_families[rank], rest[..end], output);
        return end;
    }

    // The series stand in order, and may be reordered here.
    private void WriteFamily(in MetricFamily family, Span<ExposedSeries> keys, IBufferWriter<byte> output)
    {
        if (SeriesRoles.BoundName(family.Type).IsEmpty)
        {
            WriteByName(family, WriteNativeApart(family, keys, output), output);
            return;
        }

        var writer = BeginFamily(family);
        var strays = 0;
        var rest = keys;
        while (!rest.IsEmpty)
        {
            var end = 1;
            while (end < rest.Length && _order.CompareLabels(rest[0], rest[end]) == 0)
            {
                end++;
            }

            var boundName = BoundNameOf(rest[..end]);
            foreach (var key in rest[..end])
            {
                if (Batch.HasHistograms(Batch.Series[key.Series]))
                {
                    WriteNative(ref writer, key);
                }
                else if (Fits(key, family.Type))
                {
                    AddPoints(key);
                }
                else
                {
                    // Never overtakes the reading: what is overwritten has been read.
                    keys[strays++] = key;
                }
            }

            WriteDistributions(ref writer, family.Type, Labels.Of(rest[0].Series), boundName);
            rest = rest[end..];
        }

        EndFamily(writer, output);
        WriteByName(new MetricFamily { Name = family.Name }, keys[..strays], output);
    }

    private static int BoundNameOf(ReadOnlySpan<ExposedSeries> keys)
    {
        foreach (ref readonly var key in keys)
        {
            if (key.BoundName != 0)
            {
                return key.BoundName;
            }
        }

        return 0;
    }

    private static bool Fits(in ExposedSeries key, MetricType type) => key.Role switch
    {
        SeriesRole.Bucket => SeriesRoles.IsHistogram(type) && key.BoundName != 0,
        SeriesRole.Own => type == MetricType.Summary && key.BoundName != 0,
        _ => true,
    };

    // A message has one name for all its series.
    private void WriteByName(in MetricFamily family, Span<ExposedSeries> keys, IBufferWriter<byte> output)
    {
        if (HasOtherName(family.Name, keys))
        {
            keys.Sort((x, y) =>
            {
                var order = Batch.Symbols[Batch.Series[x.Series].Name].SequenceCompareTo(Batch.Symbols[Batch.Series[y.Series].Name]);
                return order != 0 ? order : _order.Compare(x, y);
            });
        }

        while (!keys.IsEmpty)
        {
            var name = Batch.Series[keys[0].Series].Name;
            var end = 1;
            while (end < keys.Length && Batch.Series[keys[end].Series].Name == name)
            {
                end++;
            }

            WriteSimple(name == family.Name ? family : new MetricFamily { Name = name }, keys[..end], output);
            keys = keys[end..];
        }
    }

    // Native histograms among series that other pushes gave other types: no other type has a field for them. Returns the other series.
    private Span<ExposedSeries> WriteNativeApart(in MetricFamily family, Span<ExposedSeries> keys, IBufferWriter<byte> output)
    {
        var others = 0;
        var writer = BeginFamily(family with { Type = MetricType.Histogram });
        foreach (var key in keys)
        {
            if (Batch.HasHistograms(Batch.Series[key.Series]))
            {
                WriteNative(ref writer, key);
            }
            else
            {
                keys[others++] = key;
            }
        }

        EndFamily(writer, output);
        return keys[..others];
    }

    private void WriteNative(ref ProtobufWriter writer, in ExposedSeries key)
    {
        foreach (ref readonly var sample in Batch.SamplesOf(Batch.Series[key.Series]))
        {
            var metric = BeginMetric(ref writer, Labels.Of(key.Series), 0, sample.TimestampMs);
            var value = writer.Begin(MetricFamilyFields.MetricHistogram);
            NativeHistogramMapping.Write(ref writer, Batch.Symbols[sample.Histogram]);
            writer.End(value);
            writer.End(metric);
        }
    }

    private bool HasOtherName(int name, ReadOnlySpan<ExposedSeries> keys)
    {
        foreach (ref readonly var key in keys)
        {
            if (Batch.Series[key.Series].Name != name)
            {
                return true;
            }
        }

        return false;
    }

    private void WriteSimple(in MetricFamily family, ReadOnlySpan<ExposedSeries> keys, IBufferWriter<byte> output)
    {
        var writer = BeginFamily(family);
        var field = MetricFamilyTypes.ValueField(family.Type);
        foreach (ref readonly var key in keys)
        {
            foreach (ref readonly var sample in Batch.SamplesOf(Batch.Series[key.Series]))
            {
                var metric = BeginMetric(ref writer, Labels.Of(key.Series), 0, sample.TimestampMs);
                var value = writer.Begin(field);
                writer.WriteDouble(MetricFamilyFields.SimpleValue, sample.Value);
                writer.End(value);
                writer.End(metric);
            }
        }

        EndFamily(writer, output);
    }

    private void AddPoints(in ExposedSeries key)
    {
        foreach (ref readonly var sample in Batch.SamplesOf(Batch.Series[key.Series]))
        {
            _points.Add(new MetricPoint(sample.TimestampMs, _points.Count, key.Role, key.Bound, sample.Value));
        }
    }

    private void WriteDistributions(ref ProtobufWriter writer, MetricType type, ReadOnlySpan<Label> labels, int boundName)
    {
        var points = CollectionsMarshal.AsSpan(_points);
        points.Sort();
        while (!points.IsEmpty)
        {
            var end = 1;
            while (end < points.Length && points[end].TimestampMs == points[0].TimestampMs)
            {
                end++;
            }

            var metric = BeginMetric(ref writer, labels, boundName, points[0].TimestampMs);
            var value = writer.Begin(MetricFamilyTypes.ValueField(type));
            new MetricDistribution(points[..end], SeriesRoles.IsHistogram(type)).Write(ref writer);
            writer.End(value);
            writer.End(metric);
            points = points[end..];
        }

        _points.Clear();
    }

    // Begins a metric, up to its value.
    private int BeginMetric(ref ProtobufWriter writer, ReadOnlySpan<Label> labels, int boundName, long timestampMs)
    {
        var metric = writer.Begin(MetricFamilyFields.FamilyMetric);
        foreach (var label in labels)
        {
            if (label.Name != boundName)
            {
                var start = writer.Begin(MetricFamilyFields.MetricLabel);
                writer.WriteBytes(MetricFamilyFields.LabelName, Batch.Symbols[label.Name]);
                writer.WriteBytes(MetricFamilyFields.LabelValue, Batch.Symbols[label.Value]);
                writer.End(start);
            }
        }

        if (timestampMs != Sample.NoTimestamp)
        {
            writer.WriteVarint(MetricFamilyFields.MetricTimestamp, (ulong)timestampMs);
        }

        return metric;
    }

    private ProtobufWriter BeginFamily(in MetricFamily family)
    {
        var writer = new ProtobufWriter(_message);
        WriteText(ref writer, MetricFamilyFields.FamilyName, family.Name);
        WriteText(ref writer, MetricFamilyFields.FamilyHelp, family.Help);
        WriteText(ref writer, MetricFamilyFields.FamilyUnit, family.Unit);
        writer.WriteVarint(MetricFamilyFields.FamilyType, (ulong)MetricFamilyTypes.NumberOf(family.Type));
        _headerSize = writer.Position;
        return writer;
    }

    private void WriteText(ref ProtobufWriter writer, int field, int symbol)
    {
        if (symbol != 0)
        {
            writer.WriteBytes(field, Batch.Symbols[symbol]);
        }
    }

    // A family of strays alone has no metric, and is not written.
    private void EndFamily(ProtobufWriter writer, IBufferWriter<byte> output)
    {
        if (writer.Position > _headerSize)
        {
            var length = output.GetSpan(ProtobufWriter.MaxVarintBytes);
            output.Advance(ProtobufWriter.WriteVarint(length, (ulong)writer.Position));
            output.Write(writer.Written.Span);
        }
    }
}
