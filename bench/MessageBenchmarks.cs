using BenchmarkDotNet.Attributes;
using PushGateway.Limits;
using PushGateway.Model;
using PushGateway.Queue;

namespace PushGateway.Bench;

/// <summary>Model to queue message and back.</summary>
[MemoryDiagnoser]
public class MessageBenchmarks
{
    private static readonly PushHeader Header = new(PushOperation.Append, null, Inputs.NowMs * 1_000_000);
    private static readonly MessageFormat Sqs = new(256 * 1024, TextOnly: true, ChunkBytes: 64 * 1024);

    private readonly MetricBatch _decoded = new();
    private MetricBatch _batch = new();
    private List<QueueMessage> _messages = [];

    [Params(1, 100, 2000)]
    public int Samples { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _batch = Inputs.Batch(Samples);
        _messages = [];
        PushMessageCodec.Encode(Header, _batch, Sqs, _messages);
    }

    [Benchmark]
    public int Encode()
    {
        var messages = new List<QueueMessage>();
        PushMessageCodec.Encode(Header, _batch, Sqs, messages);
        return messages.Count;
    }

    [Benchmark]
    public int Decode()
    {
        _decoded.Clear();
        foreach (var message in _messages)
        {
            PushMessageCodec.TryDecode(Inputs.Receive(message), _decoded, PushLimits.Default, out _, out _);
        }

        return _decoded.Samples.Length;
    }
}
