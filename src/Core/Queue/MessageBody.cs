using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using PushGateway.Buffers;
using PushGateway.Formats.Compression;
using PushGateway.Push;

namespace PushGateway.Queue;

/// <summary>The decoded bytes of a message's body.</summary>
internal ref struct MessageBody
{
    private PooledBuffer? _decoded;
    private PooledBuffer? _decompressed;
    private ReadOnlyMemory<byte> _bytes;

    private MessageBody(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    public readonly ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>Decodes base64, then decompresses. Returns false when the body does not match its attributes.</summary>
    public static bool TryOpen(
        QueueMessage message, int maxBytes, out MessageBody body, [NotNullWhen(false)] out PushError? error)
    {
        body = new MessageBody(message.Body);
        error = body.UndoBase64(message) ?? body.UndoCompression(message, maxBytes);
        if (error is null)
        {
            return true;
        }

        body.Dispose();
        return false;
    }

    public void Dispose()
    {
        _decoded?.Dispose();
        _decompressed?.Dispose();
    }

    private PushError? UndoBase64(QueueMessage message)
    {
        if (!message.Attributes.TryGetValue(MessageAttribute.ContentTransferEncoding, out var encoding))
        {
            return null;
        }

        if (!encoding.Equals("base64", StringComparison.OrdinalIgnoreCase))
        {
            return new PushError(RejectCode.EncodingUnsupported, $"content transfer encoding \"{encoding}\" is not supported");
        }

        _decoded = new PooledBuffer();
        var buffer = _decoded.GetSpan(Base64.GetMaxDecodedFromUtf8Length(_bytes.Length));
        if (Base64.DecodeFromUtf8(_bytes.Span, buffer, out _, out var written) != OperationStatus.Done)
        {
            return new PushError(RejectCode.MessageInvalid, "the body is not base64");
        }

        _decoded.Advance(written);
        _bytes = _decoded.Written;
        return null;
    }

    private PushError? UndoCompression(QueueMessage message, int maxBytes)
    {
        if (!message.Attributes.TryGetValue(MessageAttribute.ContentEncoding, out var encoding))
        {
            return null;
        }

        _decompressed = new PooledBuffer();
        var error = Decompressor.Decompress(encoding, _bytes, _decompressed, maxBytes);
        _bytes = _decompressed.Written;
        return error;
    }
}
