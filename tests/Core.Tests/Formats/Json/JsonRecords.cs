using System.Text;
using PushGateway.Formats.Json;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Formats.Json;

/// <summary>Parses bodies as the gateway does, at a fixed time.</summary>
internal static class JsonRecords
{
    public const long Now = 1_700_000_000_000;

    public static ParseContext Context { get; } = new(PushLimits.Default, Now);

    public static MetricBatch Accept(string body) => Accept(Encoding.UTF8.GetBytes(body));

    public static MetricBatch Accept(ReadOnlySpan<byte> body)
    {
        var batch = new MetricBatch();
        var mark = batch.BeginPush();
        Assert.True(RecordReader.TryRead(body, groups: null, batch, Context, out var error), error?.ToString());
        Assert.Null(PushLimits.Default.Check(batch, mark, Now));
        return batch;
    }

    public static PushError Refuse(string body) => Refuse(Encoding.UTF8.GetBytes(body));

    public static PushError Refuse(ReadOnlySpan<byte> body) => Refuse(body, PushLimits.Default);

    public static PushError Refuse(ReadOnlySpan<byte> body, PushLimits limits)
    {
        var batch = new MetricBatch();
        var mark = batch.BeginPush();
        Assert.False(RecordReader.TryRead(body, groups: null, batch, new ParseContext(limits, Now), out var error));
        batch.Rollback(mark);
        Assert.Equal(default, batch.Mark);
        return error;
    }

    /// <summary>One line a series: <c>name{label="value"} value@timestamp</c>, with <c>i</c> after an integer.</summary>
    public static string[] Dump(MetricBatch batch)
    {
        var lines = new List<string>();
        foreach (var series in batch.Series)
        {
            Assert.Equal(series.Name, batch.Families[series.Family].Name);
            Assert.Equal(MetricType.Unspecified, batch.Families[series.Family].Type);
            var labels = new List<string>();
            foreach (var label in batch.LabelsOf(series))
            {
                labels.Add($"{batch.Symbols.GetString(label.Name)}=\"{batch.Symbols.GetString(label.Value)}\"");
            }

            var sample = Assert.Single(batch.SamplesOf(series).ToArray());
            lines.Add($"{batch.Symbols.GetString(series.Name)}{{{string.Join(",", labels)}}} {sample.Value}{(sample.IsInteger ? "i" : "")}@{sample.TimestampMs}");
        }

        return [.. lines];
    }
}
