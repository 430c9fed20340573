using System.Globalization;
using System.Text;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;

namespace PushGateway.Core.Tests;

/// <summary>Builds batches, and writes them in a form that two of them can be compared by.</summary>
internal static class Batches
{
    /// <summary>Appends a series of the family <paramref name="name"/> (type untyped unless given).</summary>
    public static MetricBatch Add(
        this MetricBatch batch, string name, (string Name, string Value)[] labels, Sample[] samples, MetricType type = MetricType.Unspecified, string help = "")
    {
        var symbol = batch.Symbols.Intern(name);
        var helpSymbol = batch.Symbols.Intern(help);
        var hasQuantile = labels.Any(label => label.Name == "quantile");
        var familyName = name[..^SeriesRoles.SuffixLength(Encoding.UTF8.GetBytes(name), type, hasQuantile)];
        var familySymbol = batch.Symbols.Intern(familyName);
        var family = batch.FindFamily(familySymbol);
        batch.BeginSeries(family >= 0 ? family : batch.AddFamily(familySymbol, type, helpSymbol), symbol);
        foreach (var label in labels)
        {
            batch.AddLabel(batch.Symbols.Intern(label.Name), batch.Symbols.Intern(label.Value));
        }

        foreach (var sample in samples)
        {
            batch.AddSample(sample);
        }

        batch.EndSeries();
        return batch;
    }

    /// <summary>One line per sample: family, type, help, name, labels, timestamp, bits of the value, integer, float or histogram.</summary>
    public static IReadOnlyList<string> Lines(this MetricBatch batch, int firstSeries = 0, int? end = null)
    {
        var lines = new List<string>();
        for (var s = firstSeries; s < (end ?? batch.Series.Length); s++)
        {
            var series = batch.Series[s];
            var family = batch.Families[series.Family];
            var line = new StringBuilder()
                .Append(batch.Symbols.GetString(family.Name)).Append(' ').Append(family.Type).Append(' ').Append(batch.Symbols.GetString(family.Help)).Append(" | ")
                .Append(batch.Symbols.GetString(series.Name));
            foreach (var label in batch.LabelsOf(series))
            {
                line.Append(' ').Append(batch.Symbols.GetString(label.Name)).Append('=').Append(batch.Symbols.GetString(label.Value));
            }

            foreach (var sample in batch.SamplesOf(series))
            {
                lines.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{line} @{sample.TimestampMs} {BitConverter.DoubleToInt64Bits(sample.Value):x16} {Kind(batch, sample)}"));
            }
        }

        return lines;
    }

    private static string Kind(MetricBatch batch, Sample sample) =>
        sample.IsHistogram ? "histogram " + Convert.ToHexStringLower(batch.Symbols[sample.Histogram]) : sample.IsInteger ? "int" : "float";
}
