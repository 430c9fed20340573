using System.Buffers;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PushGateway.Buffers;
using PushGateway.Push;

namespace PushGateway.Formats.Compression;

/// <summary>
/// Decodes content encodings. It refuses input that is truncated, empty or corrupt, and output that is larger than allowed.
/// </summary>
public static class Decompressor
{
    private const int SealLength = 16;

    // A gzip member of random bytes that this process appends to the sender's input. GZipStream reports neither a truncated stream nor
    // garbage after the end, but in both cases these bytes do not come out at the end.
    private static readonly byte[] SealContent = RandomNumberGenerator.GetBytes(SealLength);
    private static readonly byte[] Seal = Compress(SealContent);

    /// <summary>Decompresses <paramref name="input"/> into <paramref name="destination"/>.</summary>
    /// <param name="encoding"><c>gzip</c> (also of several members), <c>x-gzip</c>, <c>br</c>, <c>snappy</c> (framed) or <c>identity</c>, in any case.</param>
    /// <param name="input">The compressed bytes.</param>
    /// <param name="destination">Receives the output.</param>
    /// <param name="maxBytes">Most bytes of output.</param>
    /// <returns>Null, or why the input was refused.</returns>
    public static PushError? Decompress(string encoding, ReadOnlyMemory<byte> input, PooledBuffer destination, int maxBytes) =>
        encoding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => input.IsEmpty ? Invalid("gzip", "empty") : DecompressGzip(input, destination, maxBytes),
            "br" => DecompressBrotli(input.Span, destination, maxBytes),
            "snappy" => input.IsEmpty ? Invalid("Snappy", "empty") : DecompressSnappy(input.Span, destination, maxBytes),
            "identity" => Copy(input.Span, destination, maxBytes),
            _ => new PushError(RejectCode.EncodingUnsupported, $"content encoding \"{encoding}\" is not supported"),
        };

    private static PushError? Copy(ReadOnlySpan<byte> input, PooledBuffer destination, int maxBytes)
    {
        if (input.Length > maxBytes)
        {
            return TooLarge(maxBytes);
        }

        destination.Write(input);
        return null;
    }

    private static PushError? DecompressGzip(ReadOnlyMemory<byte> input, PooledBuffer destination, int maxBytes)
    {
        using var sealedInput = new PooledBuffer();
        sealedInput.Write(input.Span);
        sealedInput.Write(Seal);
        MemoryMarshal.TryGetArray(sealedInput.Written, out var bytes);
        using var gzip = new GZipStream(new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count), CompressionMode.Decompress);
        try
        {
            int read;
            while ((read = gzip.Read(destination.GetSpan())) > 0)
            {
                destination.Advance(read);
                if (destination.Written.Length - SealLength > maxBytes)
                {
                    return TooLarge(maxBytes);
                }
            }
        }
        catch (InvalidDataException)
        {
            return Invalid("gzip", "corrupt");
        }

        if (!destination.Written.Span.EndsWith(SealContent))
        {
            return Invalid("gzip", "truncated, or followed by something else");
        }

        destination.Truncate(destination.Written.Length - SealLength);
        return null;
    }

    private static PushError? DecompressBrotli(ReadOnlySpan<byte> input, PooledBuffer destination, int maxBytes)
    {
        using var decoder = new BrotliDecoder();
        while (true)
        {
            var status = decoder.Decompress(input, destination.GetSpan(), out var consumed, out var written);
            destination.Advance(written);
            input = input[consumed..];
            if (destination.Written.Length > maxBytes)
            {
                return TooLarge(maxBytes);
            }

            switch (status)
            {
                case OperationStatus.Done:
                    return input.IsEmpty ? null : Invalid("Brotli", "followed by something else");
                case OperationStatus.DestinationTooSmall:
                    continue;
                case OperationStatus.NeedMoreData:
                    return Invalid("Brotli", "truncated");
                default:
                    return Invalid("Brotli", "corrupt");
            }
        }
    }

    private static PushError? DecompressSnappy(ReadOnlySpan<byte> input, PooledBuffer destination, int maxBytes) =>
        SnappyFrames.Decompress(input, destination, maxBytes) switch
        {
            OperationStatus.Done => null,
            OperationStatus.DestinationTooSmall => TooLarge(maxBytes),
            OperationStatus.NeedMoreData => Invalid("Snappy", "truncated, or followed by something else"),
            _ => Invalid("Snappy", "corrupt"),
        };

    private static byte[] Compress(byte[] content)
    {
        var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.NoCompression))
        {
            gzip.Write(content);
        }

        return member.ToArray();
    }

    private static PushError TooLarge(int maxBytes) =>
        new(RejectCode.DecompressedTooLarge, $"the body decompresses to more than {maxBytes} bytes");

    private static PushError Invalid(string encoding, string what) =>
        new(RejectCode.CompressionInvalid, $"the {encoding} body is {what}");
}
