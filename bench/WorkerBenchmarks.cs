using BenchmarkDotNet.Attributes;
using PushGateway.Aws.Lambda.Events;
using PushGateway.Buffers;
using PushGateway.Delivery;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Sinks;

namespace PushGateway.Bench;

/// <summary>The work of the worker: from the JSON of SQS events to samples, and on to the bytes of the sink's requests.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class WorkerBenchmarks
{
    private static readonly Uri Endpoint = new("http://127.0.0.1/");

    private readonly MetricBatch _batch = new();
    private readonly BatchHandler _remoteWrite = Handler(new RemoteWriteSink(Client(), new RemoteWriteSinkOptions { Endpoint = Endpoint }));
    private readonly BatchHandler _otlp = Handler(new OtlpSink(Client(), new OtlpSinkOptions { Endpoint = Endpoint }));

    public static IEnumerable<Input> Events() => [IotFleet.SqsEvents(1, 10_000), IotFleet.SqsEvents(200, 50), IotFleet.ApiEvent(10_000)];

    [ParamsSource(nameof(Events))]
    public Input Input { get; set; } = null!;

    [Benchmark]
    public int Decode()
    {
        _batch.Clear();
        foreach (var sqsEvent in Input.Bodies)
        {
            using var bodies = new PooledBuffer();
            foreach (var message in SqsEventReader.Read(sqsEvent, bodies, Batches.NowMs))
            {
                if (!PushMessageCodec.TryDecode(message, _batch, PushLimits.Default, out _, out var error))
                {
                    throw new InvalidOperationException(error.Detail);
                }
            }
        }

        return _batch.Samples.Length;
    }

    [Benchmark]
    public Task RemoteWrite() => DeliverAsync(_remoteWrite);

    [Benchmark]
    public Task Otlp() => DeliverAsync(_otlp);

    private async Task DeliverAsync(BatchHandler handler)
    {
        foreach (var sqsEvent in Input.Bodies)
        {
            using var bodies = new PooledBuffer();
            var messages = SqsEventReader.Read(sqsEvent, bodies, Batches.NowMs);
            var outcome = await handler.HandleAsync(messages, CancellationToken.None);
            if (outcome.Delivered.Count != messages.Count)
            {
                throw new InvalidOperationException(outcome.FailureReason);
            }
        }
    }

    private static BatchHandler Handler(IMetricSink sink) => new(sink, groups: null, PushLimits.Default, new DeliveryOptions(), TimeProvider.System);

    private static HttpClient Client() => new(new AcceptingHandler());
}
