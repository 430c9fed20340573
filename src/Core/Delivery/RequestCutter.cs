using PushGateway.Model;
using PushGateway.Sinks;

namespace PushGateway.Delivery;

/// <summary>
/// Cuts samples into requests under a sink's size limit, by an upper bound of what any sink's encoding takes; only native histograms with
/// gaps or large counts may take more in OTLP, and the sink cuts again.
/// </summary>
internal static class RequestCutter
{
    // Remote write repeats a series' labels once per run, OTLP per sample; both add tags and lengths of at most this many bytes.
    private const int BytesPerLabel = 16;
    private const int BytesPerSample = 40;
    private const int BytesPerHistogram = 60;
    private const int BytesPerFamily = 32;

    /// <summary>Number of samples from the start that fit into <paramref name="maxBytes"/>; at least one.</summary>
    public static int Cut(MetricBatch batch, ReadOnlySpan<SeriesSample> samples, int maxBytes)
    {
        var bytes = 0;
        var (series, labelBytes, family) = (-1, 0, -1);
        for (var i = 0; i < samples.Length; i++)
        {
            if (samples[i].Series != series)
            {
                series = samples[i].Series;
                ref readonly var current = ref batch.Series[series];
                labelBytes = MeasureLabels(batch, current);
                if (current.Family != family)
                {
                    family = current.Family;
                    bytes += MeasureFamily(batch, family);
                }
            }

            bytes += labelBytes + BytesPerSample + MeasureHistogram(batch, samples[i].Sample.Histogram);
            if (bytes > maxBytes && i > 0)
            {
                return i;
            }
        }

        return samples.Length;
    }

    private static int MeasureHistogram(MetricBatch batch, int histogram) =>
        histogram == 0 ? 0 : batch.Symbols[histogram].Length + BytesPerHistogram;

    private static int MeasureLabels(MetricBatch batch, in Series series)
    {
        var bytes = batch.Symbols[series.Name].Length + BytesPerLabel;
        foreach (var label in batch.LabelsOf(series))
        {
            bytes += batch.Symbols[label.Name].Length + batch.Symbols[label.Value].Length + BytesPerLabel;
        }

        return bytes;
    }

    private static int MeasureFamily(MetricBatch batch, int family)
    {
        ref readonly var entry = ref batch.Families[family];
        return batch.Symbols[entry.Name].Length + batch.Symbols[entry.Help].Length + batch.Symbols[entry.Unit].Length + BytesPerFamily;
    }
}
