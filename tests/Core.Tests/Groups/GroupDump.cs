using System.Globalization;
using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Model;
using Xunit;

namespace PushGateway.Core.Tests.Groups;

/// <summary>What a group store holds, as lines in the order read; without the times of pushes that have never been.</summary>
internal static class GroupDump
{
    public static List<string> Of(MemoryGroupStore store)
    {
        var reading = new GroupReading();
        store.OpenScan().ReadOn(reading, CancellationToken.None);
        return Of(reading);
    }

    public static List<string> Of(GroupReading reading)
    {
        var batch = reading.Batch;
        var lines = new List<string>();
        foreach (var series in batch.Series)
        {
            var family = batch.Families[series.Family];
            var label = "";
            foreach (var one in batch.LabelsOf(series))
            {
                label = batch.Symbols.GetString(one.Name) == "l" ? batch.Symbols.GetString(one.Value) : label;
            }

            var sample = Assert.Single(batch.SamplesOf(series).ToArray());
            if (sample == new Sample(Sample.NoTimestamp, 0) && batch.Symbols[series.Name].StartsWith("push_"u8))
            {
                continue;
            }

            sample = sample with { Histogram = sample.IsHistogram ? batch.Symbols.GetString(sample.Histogram)[1] - '0' : 0 };
            lines.Add(Line(
                batch.Symbols.GetString(family.Name), family.Type, batch.Symbols.GetString(family.Help), batch.Symbols.GetString(series.Name), label, sample));
        }

        return lines;
    }

    public static string Line(string family, MetricType type, string help, string name, string label, Sample sample) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{family} {type} {help}: {name}{{{label}}} {BitConverter.DoubleToUInt64Bits(sample.Value):x} {sample.IsInteger} h{sample.Histogram} @{sample.TimestampMs}");
}
