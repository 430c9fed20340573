using System.Globalization;
using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Embedded.Tests;

/// <summary>Pushes to groups, and what a group store holds of them.</summary>
internal static class TestGroup
{
    /// <summary>Sets the only series of family <c>f</c>; a null path is an ungrouped push.</summary>
    public static BatchedPush Push(string? path, long timeNs, string help = "help", PushOperation operation = PushOperation.Merge)
    {
        var batch = new MetricBatch();
        var start = batch.BeginPush();
        if (operation is not PushOperation.Delete)
        {
            var name = batch.Symbols.Intern("f");
            batch.BeginSeries(batch.AddFamily(name, MetricType.Gauge, batch.Symbols.Intern(help)), name);
            batch.AddLabel(batch.Symbols.Intern("path"), batch.Symbols.Intern(path ?? "none"));
            batch.AddSample(new Sample(timeNs / 1_000_000, timeNs));
            batch.EndSeries();
        }

        var group = path is null ? null : Key(path);
        return new BatchedPush(new PushHeader(path is null ? PushOperation.Append : operation, group, timeNs), batch, start, batch.Mark);
    }

    public static async Task<List<string>> DumpAsync(IGroupStore store)
    {
        var reading = new GroupReading();
        (await store.OpenScanAsync(TestContext.Current.CancellationToken)).ReadOn(reading, TestContext.Current.CancellationToken);
        var batch = reading.Batch;
        var lines = new List<string>();
        foreach (var series in batch.Series)
        {
            var sample = batch.SamplesOf(series)[0];
            if (batch.Symbols[series.Name].StartsWith("push_"u8))
            {
                continue;
            }

            var path = batch.Symbols.GetString(batch.LabelsOf(series)[^1].Value);
            var help = batch.Symbols.GetString(batch.Families[series.Family].Help);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{help} {path} {sample.Value} {sample.TimestampMs}"));
        }

        return lines;
    }

    private static GroupingKey Key(string path) =>
        new([.. path.Split('/').Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[1]))], path);
}
