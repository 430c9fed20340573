using System.Globalization;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace PushGateway.Bench;

internal sealed class QueueBytesColumn() : InputColumn("Queue bytes", "Bodies of the messages on the queue, base64 included")
{
    private protected override string? GetValue(Summary summary, BenchmarkCase benchmarkCase, Input input) =>
        benchmarkCase.Descriptor.Type == typeof(QueueBenchmarks)
            ? QueueBenchmarks.BytesOf(benchmarkCase.Descriptor.WorkloadMethod.Name, input).ToString("#,0", CultureInfo.InvariantCulture)
            : null;
}
