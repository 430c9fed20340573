using System.Globalization;
using PushGateway.Model;
using PushGateway.Sinks;

namespace PushGateway.Core.Tests.Sinks;

/// <summary>Ranges of plain series.</summary>
internal static class Ranges
{
    /// <summary>A range of one family per name; series of one name and label set share their run.</summary>
    public static SampleRange Of(params IEnumerable<(string Name, string Label, Sample Sample)> samples)
    {
        var batch = new MetricBatch();
        var list = new List<SeriesSample>();
        foreach (var series in samples.GroupBy(s => (s.Name, s.Label)))
        {
            var name = batch.Symbols.Intern(series.Key.Name);
            var family = batch.FindFamily(name);
            batch.BeginSeries(family >= 0 ? family : batch.AddFamily(name, MetricType.Gauge, batch.Symbols.Intern("A test.")), name);
            batch.AddLabel(batch.Symbols.Intern("label"), batch.Symbols.Intern(series.Key.Label));
            foreach (var (_, _, sample) in series)
            {
                batch.AddSample(sample);
                list.Add(new SeriesSample(batch.Series.Length - 1, 0, sample));
            }

            batch.EndSeries();
        }

        return new SampleRange(batch, list.ToArray());
    }

    public static SampleRange OfSize(int samples) =>
        Of(Enumerable.Range(0, samples)
            .Select(i => ("m", i.ToString("D6", CultureInfo.InvariantCulture), new Sample(1_795_361_979_000 + i, i))));
}
