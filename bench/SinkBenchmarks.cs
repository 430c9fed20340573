using BenchmarkDotNet.Attributes;
using PushGateway.Delivery;
using PushGateway.Formats;
using PushGateway.Sinks;

namespace PushGateway.Bench;

/// <summary>Samples, coalesced and cut into requests, to the bodies of the requests.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class SinkBenchmarks
{
    private readonly RemoteWriteEncoder _remoteWrite = new(sendMetadata: true);
    private readonly OtlpEncoder _otlp = new(gzip: false);
    private readonly List<SampleRange> _requests = [];

    public static IEnumerable<Input> Pushes() => [Inputs.AllTypes(), IotFleet.Records(10_000)];

    [ParamsSource(nameof(Pushes))]
    public Input Input { get; set; } = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var (batch, messages) = Batches.Decode(Input.Bodies.Count == 1 ? PushFormat.Text : PushFormat.Json, Input);
        var samples = new Coalescer().Coalesce(batch, messages, []);
        while (!samples.IsEmpty)
        {
            var length = RequestCutter.Cut(batch, samples.Span, RemoteWriteSinkOptions.DefaultMaxRequestBytes);
            _requests.Add(new SampleRange(batch, samples[..length]));
            samples = samples[length..];
        }
    }

    [Benchmark]
    public long RemoteWrite() => Encode(_remoteWrite);

    [Benchmark]
    public long Otlp() => Encode(_otlp);

    private long Encode(IRequestEncoder encoder)
    {
        var bytes = 0L;
        foreach (var request in _requests)
        {
            bytes += encoder.TryEncode(request, RemoteWriteSinkOptions.DefaultMaxRequestBytes, out var body)
                ? body.Length
                : throw new InvalidOperationException("The request is too large.");
        }

        return bytes;
    }
}
