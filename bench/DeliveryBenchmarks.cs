using System.Net;
using BenchmarkDotNet.Attributes;
using PushGateway.Delivery;
using PushGateway.Limits;
using PushGateway.Queue;
using PushGateway.Sinks;

namespace PushGateway.Bench;

/// <summary>The worker's whole path: 10,000 JSON records, as an event source hands them over, to the bytes of the sink's requests.</summary>
[MemoryDiagnoser]
public class DeliveryBenchmarks
{
    private static readonly Uri Endpoint = new("http://127.0.0.1/");

    private readonly List<ReceivedMessage> _messages = [.. Enumerable.Range(0, 10_000).Select(
        i => new ReceivedMessage($"{i}", new QueueMessage(Inputs.Record(i), new Dictionary<string, string>()), Inputs.NowMs))];

    private readonly BatchHandler _remoteWrite = Handler(new RemoteWriteSink(Client(), new RemoteWriteSinkOptions { Endpoint = Endpoint }));
    private readonly BatchHandler _otlp = Handler(new OtlpSink(Client(), new OtlpSinkOptions { Endpoint = Endpoint }));

    [Benchmark]
    public async Task<int> RemoteWrite() => (await _remoteWrite.HandleAsync(_messages, CancellationToken.None)).Delivered.Count;

    [Benchmark]
    public async Task<int> Otlp() => (await _otlp.HandleAsync(_messages, CancellationToken.None)).Delivered.Count;

    private static BatchHandler Handler(IMetricSink sink) => new(sink, groups: null, PushLimits.Default, new DeliveryOptions(), TimeProvider.System);

    private static HttpClient Client() => new(new Accepting());

    private sealed class Accepting : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) });
    }
}
