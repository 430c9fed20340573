using PushGateway.Formats.Text;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Core.Tests.Formats.Text;

/// <summary>Runs the parser and describes what came of it.</summary>
internal static class TextOutcome
{
    public const long ReceivedMs = 1_700_000_000_000;

    private static readonly ParseContext Context = new(PushLimits.Default, ReceivedMs);

    /// <summary>Parses into a batch of its own.</summary>
    public static ReferenceOutcome Of(ReadOnlySpan<byte> input)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        return PrometheusTextReader.TryRead(input, batch, Context, out var result, out var error)
            ? new ReferenceOutcome(null, 0, result.TimestampLine, result.NamelessLine, FamiliesOf(batch), SeriesOf(batch))
            : new ReferenceOutcome(error.Detail, error.Line, 0, 0, [], []);
    }

    /// <summary>Parses what must be valid.</summary>
    public static MetricBatch Parse(ReadOnlySpan<byte> input)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        Xunit.Assert.True(PrometheusTextReader.TryRead(input, batch, Context, out _, out var error), error?.Detail);
        return batch;
    }

    /// <summary>Every series as "name{labels} value timestamp", readable.</summary>
    public static IReadOnlyList<ReferenceSeries> SeriesOf(MetricBatch batch)
    {
        var all = new List<ReferenceSeries>();
        foreach (ref readonly var series in batch.Series)
        {
            var labels = new List<string>();
            foreach (var label in batch.LabelsOf(series))
            {
                labels.Add($"{Text(batch, label.Name)}={Text(batch, label.Value)}");
            }

            foreach (var sample in batch.SamplesOf(series))
            {
                all.Add(new ReferenceSeries(
                    Text(batch, batch.Families[series.Family].Name),
                    Text(batch, series.Name),
                    string.Join('|', labels),
                    sample.TimestampMs,
                    BitConverter.DoubleToInt64Bits(sample.Value)));
            }
        }

        return all;
    }

    private static List<string> FamiliesOf(MetricBatch batch)
    {
        var all = new List<string>();
        foreach (var family in batch.Families)
        {
            all.Add($"{Text(batch, family.Name)} {family.Type} {Text(batch, family.Help)}");
        }

        return all;
    }

    private static string Text(MetricBatch batch, int symbol) => System.Text.Encoding.Latin1.GetString(batch.Symbols[symbol]);
}
