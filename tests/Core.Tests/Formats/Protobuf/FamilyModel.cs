using System.Globalization;
using System.Text;
using PushGateway.Core.Tests.Formats.Text;
using PushGateway.Reference.ClientModel;
using PushGateway.Wire;

namespace PushGateway.Core.Tests.Formats.Protobuf;

/// <summary>What decoded families mean, worked out the slow and obvious way: as series, and as text.</summary>
internal static class FamilyModel
{
    /// <summary>Every series, in order.</summary>
    public static IReadOnlyList<ReferenceSeries> SeriesOf(IEnumerable<MetricFamily> families, long receivedMs) =>
        [.. from family in families
            from metric in family.Metric
            from line in Lines(family, metric)
            select new ReferenceSeries(
                family.Name,
                line.Name,
                string.Join('|', LabelsOf(metric, line).Where(label => label.Value.Length > 0).OrderBy(label => label.Name, StringComparer.Ordinal)
                    .Select(label => $"{Latin(label.Name)}={Latin(label.Value)}")),
                metric.HasTimestampMs ? metric.TimestampMs : receivedMs,
                BitConverter.DoubleToInt64Bits(line.Value))];

    /// <summary>The families in the text format.</summary>
    public static string TextOf(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            if (family.HasHelp)
            {
                text.Append(CultureInfo.InvariantCulture, $"# HELP {family.Name} {Escape(family.Help)}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"# TYPE {family.Name} {family.Type.ToString().ToUpperInvariant().Replace("EH", "E_H", StringComparison.Ordinal)}\n");
            foreach (var (metric, line) in family.Metric.SelectMany(metric => Lines(family, metric).Select(line => (metric, line))))
            {
                var labels = string.Join(',', LabelsOf(metric, line).Select(label => $"{label.Name}=\"{Escape(label.Value).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));
                text.Append(CultureInfo.InvariantCulture, $"{line.Name}{{{labels}}} {Number(line.Value)}");
                text.Append(metric.HasTimestampMs ? string.Create(CultureInfo.InvariantCulture, $" {metric.TimestampMs}\n") : "\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<Line> Lines(MetricFamily family, Metric metric)
    {
        switch (family.Type)
        {
            case MetricType.Counter:
                yield return new Line(family.Name, metric.Counter.Value);
                break;
            case MetricType.Gauge:
                yield return new Line(family.Name, metric.Gauge.Value);
                break;
            case MetricType.Untyped:
                yield return new Line(family.Name, metric.Untyped.Value);
                break;
            case MetricType.Summary:
                foreach (var quantile in metric.Summary.Quantile)
                {
                    yield return new Line(family.Name, quantile.Value, "quantile", quantile.Quantile_);
                }

                yield return new Line(family.Name + "_sum", metric.Summary.SampleSum);
                yield return new Line(family.Name + "_count", metric.Summary.SampleCount);
                break;
            default:
                var histogram = metric.Histogram;
                var count = histogram.HasSampleCountFloat ? histogram.SampleCountFloat : histogram.SampleCount;
                foreach (var bucket in histogram.Bucket)
                {
                    var population = bucket.HasCumulativeCountFloat ? bucket.CumulativeCountFloat : bucket.CumulativeCount;
                    yield return new Line(family.Name + "_bucket", population, "le", bucket.UpperBound);
                }

                if (histogram.Bucket.All(bucket => !double.IsPositiveInfinity(bucket.UpperBound)))
                {
                    yield return new Line(family.Name + "_bucket", count, "le", double.PositiveInfinity);
                }

                yield return new Line(family.Name + "_sum", histogram.SampleSum);
                yield return new Line(family.Name + "_count", count);
                break;
        }
    }

    private static IEnumerable<(string Name, string Value)> LabelsOf(Metric metric, Line line)
    {
        var labels = metric.Label.Select(label => (label.Name, label.Value));
        return line.BoundName is null ? labels : labels.Append((line.BoundName, Number(line.Bound)));
    }

    private static string Number(double value)
    {
        Span<byte> buffer = stackalloc byte[GoFloat.MaxLength];
        return Encoding.ASCII.GetString(buffer[..GoFloat.Format(value, buffer)]);
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Latin(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private sealed record Line(string Name, double Value, string? BoundName = null, double Bound = 0);
}
