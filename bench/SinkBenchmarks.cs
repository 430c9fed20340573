using BenchmarkDotNet.Attributes;
using PushGateway.Delivery;
using PushGateway.Formats;
using PushGateway.Sinks;

namespace PushGateway.Bench;

/// <summary>Encodes coalesced samples as bodies of requests.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class SinkBenchmarks
{
    private readonly RemoteWriteEncoder _remoteWrite = new(sendMetadata: true);
    private readonly OtlpEncoder _otlp = new(gzip: false);
    private SampleRange _samples;

    public static IEnumerable<Input> Pushes() => [Inputs.AllTypes(), IotFleet.Records(10_000)];

    [ParamsSource(nameof(Pushes))]
    public Input Input { get; set; } = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var (batch, messages) = Batches.Decode(Input.Bodies.Count == 1 ? PushFormat.Text : PushFormat.Json, Input);
        var samples = new Coalescer().Coalesce(batch, messages, []);
        _samples = new SampleRange(batch, samples);
    }

    [Benchmark]
    public long RemoteWrite() => Encode(_remoteWrite);

    [Benchmark]
    public long Otlp() => Encode(_otlp);

    private long Encode(IRequestEncoder encoder)
    {
        var bytes = 0L;
        for (var rest = _samples; !rest.Samples.IsEmpty;)
        {
            var request = encoder.Encode(rest, RemoteWriteSinkOptions.DefaultMaxRequestBytes);
            bytes += request.Body.Length;
            rest = rest with { Samples = rest.Samples[request.Samples..] };
        }

        return bytes;
    }
}
