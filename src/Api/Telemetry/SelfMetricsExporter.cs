using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using PushGateway.Model;

namespace PushGateway.Api.Telemetry;

/// <summary>
/// Appends OpenTelemetry metrics to a batch under the names that the OpenTelemetry specification defines for Prometheus: dots become
/// underscores, and <c>_seconds</c> and <c>_total</c> are suffixes.
/// </summary>
internal sealed class SelfMetricsExporter : BaseExporter<Metric>
{
    public MetricBatch? Destination { get; set; }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        if (Destination is { } destination)
        {
            destination.BeginPush();
            foreach (var metric in batch)
            {
                Append(metric, destination);
            }
        }

        return ExportResult.Success;
    }

    private static void Append(Metric metric, MetricBatch destination)
    {
        var isHistogram = metric.MetricType == OpenTelemetry.Metrics.MetricType.Histogram;
        var isCounter = metric.MetricType is OpenTelemetry.Metrics.MetricType.LongSum or OpenTelemetry.Metrics.MetricType.DoubleSum;
        var name = metric.Name.Replace('.', '_') + (metric.Unit == "s" ? "_seconds" : "") + (isCounter ? "_total" : "");
        var family = destination.AddFamily(
            destination.Symbols.Intern(name),
            isHistogram ? Model.MetricType.Histogram : isCounter ? Model.MetricType.Counter : Model.MetricType.Gauge,
            destination.Symbols.Intern(metric.Description));
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            if (isHistogram)
            {
                AppendHistogram(destination, family, name, point);
            }
            else
            {
                AppendSeries(destination, family, name, point, Value(metric, point));
            }
        }
    }

    private static double Value(Metric metric, in MetricPoint point) => metric.MetricType switch
    {
        OpenTelemetry.Metrics.MetricType.LongSum => point.GetSumLong(),
        OpenTelemetry.Metrics.MetricType.DoubleSum => point.GetSumDouble(),
        OpenTelemetry.Metrics.MetricType.LongGauge => point.GetGaugeLastValueLong(),
        OpenTelemetry.Metrics.MetricType.DoubleGauge => point.GetGaugeLastValueDouble(),
        _ => double.NaN,
    };

    private static void AppendHistogram(MetricBatch destination, int family, string name, in MetricPoint point)
    {
        long cumulative = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            cumulative += bucket.BucketCount;
            var bound = double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : bucket.ExplicitBound.ToString(CultureInfo.InvariantCulture);
            AppendSeries(destination, family, name + "_bucket", point, cumulative, bound);
        }

        AppendSeries(destination, family, name + "_sum", point, point.GetHistogramSum());
        AppendSeries(destination, family, name + "_count", point, point.GetHistogramCount());
    }

    private static void AppendSeries(MetricBatch destination, int family, string name, in MetricPoint point, double value, string? bound = null)
    {
        destination.BeginSeries(family, destination.Symbols.Intern(name));
        foreach (var (key, label) in point.Tags)
        {
            var text = Convert.ToString(label, CultureInfo.InvariantCulture) ?? "";
            destination.AddLabel(destination.Symbols.Intern(key.Replace('.', '_')), destination.Symbols.Intern(text));
        }

        if (bound is not null)
        {
            destination.AddLabel(destination.Symbols.Intern("le"u8), destination.Symbols.Intern(bound));
        }

        destination.AddSample(new Sample(Sample.NoTimestamp, value));
        destination.EndSeries();
    }
}
