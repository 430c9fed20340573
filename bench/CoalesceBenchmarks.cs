using BenchmarkDotNet.Attributes;
using PushGateway.Delivery;
using PushGateway.Formats;
using PushGateway.Model;

namespace PushGateway.Bench;

/// <summary>Coalesces the series of many messages into one run of samples.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class CoalesceBenchmarks
{
    private readonly Coalescer _coalescer = new();
    private MetricBatch _batch = new();
    private DecodedMessage[] _messages = [];

    public static IEnumerable<Input> Batch() => [IotFleet.Records(10_000)];

    [ParamsSource(nameof(Batch))]
    public Input Input { get; set; } = null!;

    [GlobalSetup]
    public void SetUp() => (_batch, _messages) = Batches.Decode(PushFormat.Json, Input);

    [Benchmark]
    public int Coalesce() => _coalescer.Coalesce(_batch, _messages, []).Length;
}
