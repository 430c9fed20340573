using System.Buffers;
using PushGateway.Buffers;
using PushGateway.Formats.Compression;
using PushGateway.Push;

namespace PushGateway.Api.Push;

/// <summary>Reads request bodies, refusing what is too large as soon as that shows.</summary>
internal static class RequestBody
{
    /// <summary>Reads and decompresses the body into <paramref name="destination"/>; null, or why it was refused.</summary>
    public static async ValueTask<PushError?> ReadAsync(HttpRequest request, PooledBuffer destination, PushLimits limits)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0)
        {
            return await ReadAsync(request, destination, limits.MaxBodyBytes);
        }

        using var compressed = new PooledBuffer();
        return await ReadAsync(request, compressed, limits.MaxBodyBytes)
            ?? Decompressor.Decompress(encoding, compressed.Written, destination, limits.MaxDecompressedBytes);
    }

    private static async ValueTask<PushError?> ReadAsync(HttpRequest request, PooledBuffer destination, int maxBytes)
    {
        if (request.ContentLength > maxBytes)
        {
            return TooLarge(maxBytes);
        }

        while (true)
        {
            var result = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            if (destination.Written.Length + result.Buffer.Length > maxBytes)
            {
                request.BodyReader.AdvanceTo(result.Buffer.Start);
                return TooLarge(maxBytes);
            }

            foreach (var segment in result.Buffer)
            {
                destination.Write(segment.Span);
            }

            request.BodyReader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return null;
            }
        }
    }

    private static PushError TooLarge(int maxBytes) => new(RejectCode.BodyTooLarge, $"the body is larger than {maxBytes} bytes");
}
