using PushGateway.Formats.Prometheus;
using PushGateway.Formats.Protobuf;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>The message of a histogram or summary, from its samples of one timestamp.</summary>
internal readonly ref struct MetricDistribution
{
    private readonly ReadOnlySpan<MetricPoint> _points;
    private readonly bool _isHistogram;
    private readonly double? _sum;
    private readonly double? _count;

    public MetricDistribution(ReadOnlySpan<MetricPoint> points, bool isHistogram)
    {
        _points = points;
        _isHistogram = isHistogram;
        double? infinite = null;
        foreach (ref readonly var point in points)
        {
            _sum = point.Role == SeriesRole.Sum ? point.Value : _sum;
            _count = point.Role == SeriesRole.Count ? point.Value : _count;
            infinite = point.Role == SeriesRole.Bucket && double.IsPositiveInfinity(point.Bound) ? point.Value : infinite;
        }

        _count ??= infinite;
    }

    public void Write(ref ProtobufWriter writer)
    {
        if (_count is { } count)
        {
            if (_isHistogram)
            {
                WriteCount(ref writer, MetricFamilyFields.SampleCount, MetricFamilyFields.HistogramCountFloat, count);
            }
            else
            {
                writer.WriteVarint(MetricFamilyFields.SampleCount, WholeCount(count));
            }
        }

        if (_sum is { } sum)
        {
            writer.WriteDouble(MetricFamilyFields.SampleSum, sum);
        }

        foreach (ref readonly var point in _points)
        {
            if (IsBound(point))
            {
                WriteBound(ref writer, point);
            }
        }
    }

    private static bool IsBound(in MetricPoint point) => point.Role is SeriesRole.Own or SeriesRole.Bucket;

    private static ulong WholeCount(double value) => value is >= 0 and < GoFloat.EndOfIntegers ? (ulong)value : 0;

    private void WriteBound(ref ProtobufWriter writer, in MetricPoint point)
    {
        var start = writer.Begin(MetricFamilyFields.Bounds);
        if (_isHistogram)
        {
            WriteCount(ref writer, MetricFamilyFields.BucketCount, MetricFamilyFields.BucketCountFloat, point.Value);
            writer.WriteDouble(MetricFamilyFields.BucketUpperBound, point.Bound);
        }
        else
        {
            writer.WriteDouble(MetricFamilyFields.Quantile, point.Bound);
            writer.WriteDouble(MetricFamilyFields.QuantileValue, point.Value);
        }

        writer.End(start);
    }

    private static void WriteCount(ref ProtobufWriter writer, int integerField, int floatField, double value)
    {
        if (GoFloat.IsWhole(value))
        {
            writer.WriteVarint(integerField, (ulong)value);
        }
        else
        {
            writer.WriteDouble(floatField, value);
        }
    }
}
