using System.Buffers;
using System.Runtime.InteropServices;
using PushGateway.Formats.Prometheus;
using PushGateway.Formats.Protobuf;
using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>Writes one family after the other for <see cref="MetricFamilyWriter"/>.</summary>
internal sealed class MetricFamilyEncoder(MetricBatch batch, ExposedLabels exposed)
{
    private const int MaxVarint = 10;
    private const int SimpleValueSize = 9;

    private readonly ExposedSeriesOrder _order = new(batch);
    private readonly ArrayBufferWriter<byte> _message = new();
    private readonly List<MetricPoint> _points = [];
    private IBufferWriter<byte>? _output;
    private int _headerSize;

    /// <summary>Writes the family with its series, which stand in order and may be reordered here.</summary>
    public void Write(in MetricFamily family, Span<ExposedSeries> keys, IBufferWriter<byte> output)
    {
        _output = output;
        if (SeriesRoles.BoundName(family.Type).IsEmpty)
        {
            WriteByName(family, WriteNativeApart(family, keys));
            return;
        }

        BeginFamily(family);
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
                if (batch.HasHistograms(batch.Series[key.Series]))
                {
                    WriteNative(key);
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

            WriteDistributions(family.Type, exposed.Of(rest[0].Series), boundName);
            rest = rest[end..];
        }

        EndFamily();
        WriteByName(new MetricFamily { Name = family.Name }, keys[..strays]);
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
    private void WriteByName(in MetricFamily family, Span<ExposedSeries> keys)
    {
        if (HasOtherName(family.Name, keys))
        {
            keys.Sort((x, y) =>
            {
                var order = batch.Symbols[batch.Series[x.Series].Name].SequenceCompareTo(batch.Symbols[batch.Series[y.Series].Name]);
                return order != 0 ? order : _order.Compare(x, y);
            });
        }

        while (!keys.IsEmpty)
        {
            var name = batch.Series[keys[0].Series].Name;
            var end = 1;
            while (end < keys.Length && batch.Series[keys[end].Series].Name == name)
            {
                end++;
            }

            WriteSimple(name == family.Name ? family : new MetricFamily { Name = name }, keys[..end]);
            keys = keys[end..];
        }
    }

    // Native histograms among series that other pushes gave other types: no other type has a field for them. Returns the other series.
    private Span<ExposedSeries> WriteNativeApart(in MetricFamily family, Span<ExposedSeries> keys)
    {
        var others = 0;
        BeginFamily(family with { Type = MetricType.Histogram });
        foreach (var key in keys)
        {
            if (batch.HasHistograms(batch.Series[key.Series]))
            {
                WriteNative(key);
            }
            else
            {
                keys[others++] = key;
            }
        }

        EndFamily();
        return keys[..others];
    }

    private void WriteNative(in ExposedSeries key)
    {
        ref readonly var series = ref batch.Series[key.Series];
        foreach (ref readonly var sample in batch.SamplesOf(series))
        {
            var histogram = batch.Symbols[sample.Histogram];
            var writer = BeginMetric(
                exposed.Of(key.Series),
                0,
                sample.TimestampMs,
                MetricFamilyFields.MetricHistogram,
                NativeHistogramMapping.Measure(histogram),
                out var size);
            NativeHistogramMapping.Write(ref writer, histogram);
            _message.Advance(size);
        }
    }

    private bool HasOtherName(int name, ReadOnlySpan<ExposedSeries> keys)
    {
        foreach (ref readonly var key in keys)
        {
            if (batch.Series[key.Series].Name != name)
            {
                return true;
            }
        }

        return false;
    }

    private void WriteSimple(in MetricFamily family, ReadOnlySpan<ExposedSeries> keys)
    {
        BeginFamily(family);
        var field = MetricFamilyTypes.ValueField(family.Type);
        foreach (ref readonly var key in keys)
        {
            ref readonly var series = ref batch.Series[key.Series];
            foreach (ref readonly var sample in batch.SamplesOf(series))
            {
                var writer = BeginMetric(exposed.Of(key.Series), 0, sample.TimestampMs, field, SimpleValueSize, out var size);
                writer.WriteDouble(MetricFamilyFields.SimpleValue, sample.Value);
                _message.Advance(size);
            }
        }

        EndFamily();
    }

    private void AddPoints(in ExposedSeries key)
    {
        foreach (ref readonly var sample in batch.SamplesOf(batch.Series[key.Series]))
        {
            _points.Add(new MetricPoint(sample.TimestampMs, _points.Count, key.Role, key.Bound, sample.Value));
        }
    }

    private void WriteDistributions(MetricType type, ReadOnlySpan<Label> labels, int boundName)
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

            var distribution = new MetricDistribution(points[..end], SeriesRoles.IsHistogram(type));
            var writer = BeginMetric(
                labels, boundName, points[0].TimestampMs, MetricFamilyTypes.ValueField(type), distribution.Measure(), out var size);
            distribution.Write(ref writer);
            _message.Advance(size);
            points = points[end..];
        }

        _points.Clear();
    }

    // Writes a metric up to its value, whose payload follows.
    private ProtobufWriter BeginMetric(ReadOnlySpan<Label> labels, int boundName, long timestampMs, int valueField, int valueSize, out int size)
    {
        var hasTimestamp = timestampMs != Sample.NoTimestamp;
        var metricSize = ProtobufSize.LengthDelimited(valueField, valueSize)
            + (hasTimestamp ? ProtobufSize.Varint(MetricFamilyFields.MetricTimestamp, (ulong)timestampMs) : 0);
        foreach (var label in labels)
        {
            metricSize += label.Name == boundName ? 0 : ProtobufSize.LengthDelimited(MetricFamilyFields.MetricLabel, Measure(label));
        }

        size = ProtobufSize.LengthDelimited(MetricFamilyFields.FamilyMetric, metricSize);
        var writer = new ProtobufWriter(_message.GetSpan(size));
        writer.WriteLength(MetricFamilyFields.FamilyMetric, metricSize);
        foreach (var label in labels)
        {
            if (label.Name != boundName)
            {
                writer.WriteLength(MetricFamilyFields.MetricLabel, Measure(label));
                writer.WriteBytes(MetricFamilyFields.LabelName, batch.Symbols[label.Name]);
                writer.WriteBytes(MetricFamilyFields.LabelValue, batch.Symbols[label.Value]);
            }
        }

        if (hasTimestamp)
        {
            writer.WriteVarint(MetricFamilyFields.MetricTimestamp, (ulong)timestampMs);
        }

        writer.WriteLength(valueField, valueSize);
        return writer;
    }

    private int Measure(Label label) =>
        ProtobufSize.LengthDelimited(MetricFamilyFields.LabelName, batch.Symbols[label.Name].Length)
        + ProtobufSize.LengthDelimited(MetricFamilyFields.LabelValue, batch.Symbols[label.Value].Length);

    private void BeginFamily(in MetricFamily family)
    {
        _message.ResetWrittenCount();
        WriteText(MetricFamilyFields.FamilyName, family.Name);
        WriteText(MetricFamilyFields.FamilyHelp, family.Help);
        WriteText(MetricFamilyFields.FamilyUnit, family.Unit);
        var writer = new ProtobufWriter(_message.GetSpan(2 * MaxVarint));
        writer.WriteVarint(MetricFamilyFields.FamilyType, (ulong)MetricFamilyTypes.NumberOf(family.Type));
        _message.Advance(writer.Position);
        _headerSize = _message.WrittenCount;
    }

    private void WriteText(int field, int symbol)
    {
        if (symbol == 0)
        {
            return;
        }

        var text = batch.Symbols[symbol];
        var writer = new ProtobufWriter(_message.GetSpan(ProtobufSize.LengthDelimited(field, text.Length)));
        writer.WriteBytes(field, text);
        _message.Advance(writer.Position);
    }

    // A family of strays alone has no metric, and is not written.
    private void EndFamily()
    {
        if (_message.WrittenCount == _headerSize)
        {
            return;
        }

        var writer = new ProtobufWriter(_output!.GetSpan(MaxVarint));
        writer.WriteVarint((ulong)_message.WrittenCount);
        _output.Advance(writer.Position);
        _output.Write(_message.WrittenSpan);
    }
}
