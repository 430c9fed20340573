using System.Globalization;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace PushGateway.Bench;

internal sealed class MegabytesPerSecondColumn() : InputColumn("MB/s", "Bytes of the input, as it was pushed or handed over, by the median (1 MB = 1,000,000 bytes)")
{
    private protected override string? GetValue(Summary summary, BenchmarkCase benchmarkCase, Input input) =>
        (1000 * input.Bytes / NanosecondsOf(summary, benchmarkCase))?.ToString("#,0", CultureInfo.InvariantCulture);
}
