using System.Buffers.Text;
using System.Collections.Concurrent;
using System.IO.Compression;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Queue;

/// <summary>Encodes a batch into messages that fit the queue. What does not fit is split, between two families where possible.</summary>
internal sealed class PushMessageEncoder : IDisposable
{
    // Quality 5 takes about 2 ms for 100 KB. It is the lowest quality that finds what repeats from series to series.
    private const int BrotliQuality = 5;
    private const int BrotliWindow = 22;

    // A payload of this many times the largest message does not fit even when compressed, so it is split without trying.
    private const int HopelessRatio = 32;

    // SQS counts the name, the data type ("String", 6 bytes) and the value of each attribute.
    private const int BytesOfDataType = 6;

    private static readonly ConcurrentBag<PushMessageEncoder> Pool = [];

    // Of a message's attributes, the one that a part has and a whole push has not.
    private static readonly int BytesOfPart = MessageAttribute.Part.Length + BytesOfDataType + PushPart.MaxLength;

    private readonly RemoteWrite2Encoder _encoder = new();
    private readonly List<(byte[] Body, Dictionary<string, string> Attributes)> _sealed = [];
    private byte[] _compressed = [];

    public static PushMessageEncoder Rent() => Pool.TryTake(out var encoder) ? encoder : new PushMessageEncoder();

    /// <summary>Gives the encoder back for the next push, without memory beyond <see cref="ReuseLimit"/>.</summary>
    public void Dispose()
    {
        _sealed.Clear();
        Trim();
        Pool.Add(this);
    }

    internal void Trim()
    {
        _encoder.Trim();
        ReuseLimit.Trim(ref _compressed);
    }

    public PushError? Encode(in BatchedPush push, MessageCapacity capacity, ICollection<QueueMessage> messages)
    {
        _sealed.Clear();
        if (Encode(push.Header, push.Batch, push.Start.Series, push.End.Series, capacity) is { } error)
        {
            return error;
        }

        var isCut = _sealed.Count > 1 && push.Header.PushesToGroup;
        if (isCut && _sealed.Count > PushPart.MaxTotal)
        {
            return new PushError(RejectCode.PushTooLarge, $"the push does not fit into {PushPart.MaxTotal} messages of {capacity.MaxBytes} bytes");
        }

        for (var i = 0; i < _sealed.Count; i++)
        {
            var (body, attributes) = _sealed[i];
            if (isCut)
            {
                attributes.Add(MessageAttribute.Part, new PushPart(i + 1, _sealed.Count).ToString());
            }

            messages.Add(new QueueMessage(body, attributes));
        }

        return null;
    }

    private PushError? Encode(PushHeader header, MetricBatch batch, int first, int end, MessageCapacity capacity, int reserved = 0)
    {
        if (TrySeal(header, _encoder.Encode(batch, first, end), reserved == 0 ? capacity : capacity with { MaxBytes = capacity.MaxBytes - reserved }))
        {
            return null;
        }

        if (end - first <= 1)
        {
            return new PushError(RejectCode.MessageTooLarge, $"a series does not fit into a message of {capacity.MaxBytes} bytes");
        }

        var middle = FindCut(batch, first, end);
        return Encode(header, batch, first, middle, capacity, BytesOfPart) ?? Encode(header, batch, middle, end, capacity, BytesOfPart);
    }

    // When a family is split, the group store joins its parts again.
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

    // False when the message would be too large.
    private bool TrySeal(PushHeader header, ReadOnlyMemory<byte> payload, MessageCapacity capacity)
    {
        if (payload.Length / HopelessRatio > capacity.MaxBytes)
        {
            return false;
        }

        var plain = PushMessageCodec.Attributes(header, brotli: false, base64: capacity.TextOnly);
        var size = Measure(plain, payload.Length, capacity);
        if (capacity.ChunkBytes > 0 && size > capacity.ChunkBytes && TryCompress(payload.Span, out var length))
        {
            var packed = PushMessageCodec.Attributes(header, brotli: true, base64: capacity.TextOnly);
            var packedSize = Measure(packed, length, capacity);
            if (Chunks(packedSize, capacity) < Chunks(size, capacity))
            {
                return TryAdd(_compressed.AsSpan(0, length), packed, packedSize, capacity);
            }
        }

        return TryAdd(payload.Span, plain, size, capacity);
    }

    private bool TryAdd(ReadOnlySpan<byte> payload, Dictionary<string, string> attributes, long size, MessageCapacity capacity)
    {
        if (size > capacity.MaxBytes)
        {
            return false;
        }

        _sealed.Add((Body(payload, capacity), attributes));
        return true;
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

    private static long Measure(Dictionary<string, string> attributes, int payload, MessageCapacity capacity)
    {
        long size = capacity.TextOnly ? Base64.GetMaxEncodedToUtf8Length(payload) : payload;
        foreach (var (name, value) in attributes)
        {
            size += name.Length + BytesOfDataType + value.Length;
        }

        return size;
    }

    private static long Chunks(long size, MessageCapacity capacity) => (size + capacity.ChunkBytes - 1) / capacity.ChunkBytes;

    private static byte[] Body(ReadOnlySpan<byte> payload, MessageCapacity capacity)
    {
        if (!capacity.TextOnly)
        {
            return payload.ToArray();
        }

        var body = new byte[Base64.GetMaxEncodedToUtf8Length(payload.Length)];
        Base64.EncodeToUtf8(payload, body, out _, out _);
        return body;
    }
}
