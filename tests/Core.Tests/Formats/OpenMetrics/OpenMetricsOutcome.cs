using PushGateway.Core.Tests.Formats.Text;
using PushGateway.Formats.OpenMetrics;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Core.Tests.Formats.OpenMetrics;

/// <summary>Runs the parser and describes what came of it.</summary>
internal static class OpenMetricsOutcome
{
    public const long ReceivedMs = 1_700_000_000_000;

    private static readonly ParseContext Context = new(PushLimits.Default, ReceivedMs);

    /// <summary>The error, or null.</summary>
    public static PushError? ErrorOf(ReadOnlySpan<byte> input)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        OpenMetricsReader.TryRead(input, batch, Context, out _, out var error);
        return error;
    }

    /// <summary>Parses what must be valid.</summary>
    public static MetricBatch Parse(ReadOnlySpan<byte> input)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        Assert.True(OpenMetricsReader.TryRead(input, batch, Context, out _, out var error), error?.Detail);
        return batch;
    }

    /// <summary>Every family that has series, as "name type help unit".</summary>
    public static IReadOnlyList<string> FamiliesOf(MetricBatch batch)
    {
        var all = new List<string>();
        foreach (var family in batch.Families)
        {
            var symbols = batch.Symbols;
            all.Add($"{symbols.GetString(family.Name)} {family.Type} {symbols.GetString(family.Help)} {symbols.GetString(family.Unit)}".TrimEnd());
        }

        return all;
    }

    /// <summary>Every series as it is written, "name{labels} value timestamp".</summary>
    public static IReadOnlyList<string> SeriesOf(MetricBatch batch) =>
        [.. TextOutcome.SeriesOf(batch).Select(series => string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{series.Name}{{{series.Labels}}} {BitConverter.Int64BitsToDouble(series.ValueBits):R} {series.TimestampMs}"))];
}
