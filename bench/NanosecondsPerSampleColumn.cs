using System.Globalization;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace PushGateway.Bench;

internal sealed class NanosecondsPerSampleColumn() : InputColumn("ns/sample", "Median by the samples of the input")
{
    private protected override string? GetValue(Summary summary, BenchmarkCase benchmarkCase, Input input) =>
        (NanosecondsOf(summary, benchmarkCase) / input.Samples)?.ToString("#,0.0", CultureInfo.InvariantCulture);
}
