using System.Buffers.Text;
using System.IO.Compression;
using BenchmarkDotNet.Attributes;
using PushGateway.Aws.Sqs;
using PushGateway.Formats;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;

namespace PushGateway.Bench;

/// <summary>Encodes the model as SQS messages and decodes it again, compared with the page's text compressed by gzip.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class QueueBenchmarks
{
    // The same format as in SqsPushQueue.
    internal static readonly MessageCapacity Sqs = new(SqsQueueOptions.DefaultMaxMessageBytes, TextOnly: true, ChunkBytes: 64 * 1024);
    private static readonly ZLibCompressionOptions Level6 = new() { CompressionLevel = 6 };

    private readonly MetricBatch _decoded = new();
    private MetricBatch _batch = new();
    private List<ReceivedMessage> _messages = [];

    public static IEnumerable<Input> Pages() => [Inputs.AllTypes(), Inputs.NodeExporter(), Inputs.SmallPage()];

    [ParamsSource(nameof(Pages))]
    public Input Input { get; set; } = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _batch = Batches.Parse(PushFormat.Text, Input.Bodies[0]);
        _messages = [.. Encode(_batch).Select(message => new ReceivedMessage("1", message, Batches.NowMs))];
    }

    [Benchmark]
    public int Encode() => Encode(_batch).Count;

    [Benchmark]
    public int Decode()
    {
        _decoded.Clear();
        foreach (var message in _messages)
        {
            if (!PushMessageCodec.TryDecode(message, _decoded, PushLimits.Default, out _, out var error))
            {
                throw new InvalidOperationException(error.Detail);
            }
        }

        return _decoded.Samples.Length;
    }

    [Benchmark]
    public int GzipText() => Gzip(Input.Bodies[0]);

    /// <summary>Bytes of the message bodies in the queue.</summary>
    /// <param name="benchmark">Name of the benchmark.</param>
    /// <param name="input">Its input.</param>
    internal static long BytesOf(string benchmark, Input input) => benchmark == nameof(GzipText)
        ? Gzip(input.Bodies[0])
        : Encode(Batches.Parse(PushFormat.Text, input.Bodies[0])).Sum(message => (long)message.Body.Length);

    private static List<QueueMessage> Encode(MetricBatch batch)
    {
        var messages = new List<QueueMessage>();
        return PushMessageCodec.Encode(Batches.Header, batch, Sqs, messages) is { } error
            ? throw new InvalidOperationException(error.Detail)
            : messages;
    }

    private static int Gzip(byte[] page)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, Level6, leaveOpen: true))
        {
            gzip.Write(page);
        }

        var body = new byte[Base64.GetMaxEncodedToUtf8Length((int)compressed.Length)];
        Base64.EncodeToUtf8(compressed.GetBuffer().AsSpan(0, (int)compressed.Length), body, out _, out var written);
        return written;
    }
}
