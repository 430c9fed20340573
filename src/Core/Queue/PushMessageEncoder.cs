using System.Buffers.Text;
using System.Collections.Concurrent;
using System.IO.Compression;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Queue;

/// <summary>Encodes a batch into messages that fit the queue. What does not fit is split, between two families where possible.</summary>
internal sealed class PushMessageEncoder
{
    // Quality 5 takes about 2 ms for 100 KB. It is the lowest quality that finds what repeats from series to series.
    private const int BrotliQuality = 5;
    private const int BrotliWindow = 22;

    // A payload of this many times the largest message does not fit even when compressed, so it is split without trying.
    private const int HopelessRatio = 32;

    // SQS counts the name, the data type ("String", 6 bytes) and the value of each attribute.
    private const int BytesOfDataType = 6;

    private static readonly ConcurrentBag<PushMessageEncoder> Pool = [];

    private readonly RemoteWrite2Encoder _encoder = new();
    private byte[] _compressed = [];

    public static PushMessageEncoder Rent() => Pool.TryTake(out var encoder) ? encoder : new PushMessageEncoder();

    public void Return() => Pool.Add(this);

    public PushError? Encode(in BatchedPush push, MessageFormat format, ICollection<QueueMessage> messages) =>
        Encode(push.Header, push.Batch, push.Start.Series, push.End.Series, format, messages);

    private PushError? Encode(
        PushHeader header, MetricBatch batch, int first, int end, MessageFormat format, ICollection<QueueMessage> messages)
    {
        if (Seal(header, _encoder.Encode(batch, first, end), format) is { } message)
        {
            messages.Add(message);
            return null;
        }

        if (end - first <= 1)
        {
            return new PushError(RejectCode.MessageTooLarge, $"a series does not fit into a message of {format.MaxBytes} bytes");
        }

        var middle = FindCut(batch, first, end);
        return Encode(header, batch, first, middle, format, messages) ?? Encode(header, batch, middle, end, format, messages);
    }

    // When a family is split, the group store joins its parts again. It recognises them by their equal push time.
    private static int FindCut(MetricBatch batch, int first, int end)
    {
        var middle = first + ((end - first) / 2);
        for (var distance = 0; distance < (end - first) / 4; distance++)
        {
            if (StartsFamily(batch, middle + distance))
            {
                return middle + distance;
            }

            if (StartsFamily(batch, middle - distance))
            {
                return middle - distance;
            }
        }

        return middle;
    }

    private static bool StartsFamily(MetricBatch batch, int series) => batch.Series[series].Family != batch.Series[series - 1].Family;

    // Returns null when the message would be too large.
    private QueueMessage? Seal(PushHeader header, ReadOnlyMemory<byte> payload, MessageFormat format)
    {
        if (payload.Length / HopelessRatio > format.MaxBytes)
        {
            return null;
        }

        var plain = PushMessageCodec.Attributes(header, brotli: false, base64: format.TextOnly);
        var size = Measure(plain, payload.Length, format);
        if (format.ChunkBytes > 0 && size > format.ChunkBytes && TryCompress(payload.Span, out var length))
        {
            var packed = PushMessageCodec.Attributes(header, brotli: true, base64: format.TextOnly);
            var packedSize = Measure(packed, length, format);
            if (Chunks(packedSize, format) < Chunks(size, format))
            {
                return packedSize <= format.MaxBytes ? new QueueMessage(Body(_compressed.AsSpan(0, length), format), packed) : null;
            }
        }

        return size <= format.MaxBytes ? new QueueMessage(Body(payload.Span, format), plain) : null;
    }

    private bool TryCompress(ReadOnlySpan<byte> payload, out int length)
    {
        var bound = BrotliEncoder.GetMaxCompressedLength(payload.Length);
        if (_compressed.Length < bound)
        {
            _compressed = new byte[bound];
        }

        return BrotliEncoder.TryCompress(payload, _compressed, out length, BrotliQuality, BrotliWindow);
    }

    private static long Measure(Dictionary<string, string> attributes, int payload, MessageFormat format)
    {
        long size = format.TextOnly ? Base64.GetMaxEncodedToUtf8Length(payload) : payload;
        foreach (var (name, value) in attributes)
        {
            size += name.Length + BytesOfDataType + value.Length;
        }

        return size;
    }

    private static long Chunks(long size, MessageFormat format) => (size + format.ChunkBytes - 1) / format.ChunkBytes;

    private static byte[] Body(ReadOnlySpan<byte> payload, MessageFormat format)
    {
        if (!format.TextOnly)
        {
            return payload.ToArray();
        }

        var body = new byte[Base64.GetMaxEncodedToUtf8Length(payload.Length)];
        Base64.EncodeToUtf8(payload, body, out _, out _);
        return body;
    }
}
