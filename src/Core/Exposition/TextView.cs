using PushGateway.Model;

namespace PushGateway.Exposition;

/// <summary>
/// A batch as text formats can express it. They have no native histograms: as in a Pushgateway, there is the bucket <c>+Inf</c>,
/// the sum and the count.
/// </summary>
/// <param name="Batch">The batch, with the families of the original.</param>
/// <param name="GroupedSeries">How many series at its start are those of groups.</param>
/// <param name="OutlineSeries">How many series at its start only outline the families.</param>
internal readonly record struct TextView(MetricBatch Batch, int GroupedSeries, int OutlineSeries)
{
    /// <summary>How many series a native histogram becomes.</summary>
    public const int SeriesOfHistogram = 3;

    /// <summary>The batch itself when it has no native histogram, otherwise a copy without one.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="reading">What it comes from; null when it stands for itself.</param>
    public static TextView Of(MetricBatch batch, GroupReading? reading)
    {
        foreach (ref readonly var sample in batch.Samples)
        {
            if (sample.IsHistogram)
            {
                return Copy(batch, reading?.GroupsEnd.Series ?? 0, reading?.OutlineSeries ?? 0);
            }
        }

        return new TextView(batch, reading?.GroupsEnd.Series ?? 0, reading?.OutlineSeries ?? 0);
    }

    private static TextView Copy(MetricBatch batch, int groupedSeries, int outlineSeries)
    {
        var copy = new MetricBatch();
        foreach (ref readonly var family in batch.Families)
        {
            copy.AddFamily(Symbol(family.Name), family.Type, Symbol(family.Help), Symbol(family.Unit));
        }

        var infinite = new Label(copy.Symbols.Intern("le"u8), copy.Symbols.Intern("+Inf"u8));
        var histogram = new NativeHistogram();
        var copiedOfGroups = 0;
        var copiedOfOutline = 0;
        for (var i = 0; i < batch.Series.Length; i++)
        {
            ref readonly var series = ref batch.Series[i];
            foreach (ref readonly var sample in batch.SamplesOf(series))
            {
                // A push each, which it once was: no push is too large for having been copied.
                copy.BeginPush();
                if (!sample.IsHistogram)
                {
                    Add(series, default, sample, default);
                    continue;
                }

                histogram.Read(batch.Symbols[sample.Histogram]);
                var count = sample with { Histogram = 0, Value = histogram.IsFloat ? histogram.CountFloat : histogram.Count };
                Add(series, "_bucket"u8, count, infinite);
                Add(series, "_sum"u8, sample with { Histogram = 0, Value = histogram.Sum }, default);
                Add(series, "_count"u8, count, default);
            }

            copiedOfGroups = i < groupedSeries ? copy.Series.Length : copiedOfGroups;
            copiedOfOutline = i < outlineSeries ? copy.Series.Length : copiedOfOutline;
        }

        return new TextView(copy, copiedOfGroups, copiedOfOutline);

        int Symbol(int symbol) => copy.Symbols.Intern(batch.Symbols[symbol]);

        void Add(in Series series, ReadOnlySpan<byte> suffix, in Sample sample, Label extra)
        {
            copy.BeginSeries(series.Family, copy.Symbols.Intern([.. batch.Symbols[series.Name], .. suffix]));
            foreach (var label in batch.LabelsOf(series))
            {
                var name = Symbol(label.Name);
                if (name != extra.Name)
                {
                    copy.AddLabel(name, Symbol(label.Value));
                }
            }

            copy.AddLabel(extra.Name, extra.Value);
            copy.AddSample(sample);
            copy.EndSeries();
        }
    }
}
