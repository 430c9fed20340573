using System.IO.Compression;
using System.Text;
using PushGateway.Buffers;
using PushGateway.Formats.Compression;
using PushGateway.Limits;
using Xunit;

namespace PushGateway.Core.Tests.Formats.Compression;

public sealed class DecompressorTests
{
    private const int MaxBytes = 1 << 20;

    private static readonly byte[] Plain = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"metric_{i} {i}\n")));

    public static TheoryData<string> Encodings => ["gzip", "GZIP", "x-gzip", "br", "identity"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void What_was_compressed_comes_back(string encoding)
    {
        using var output = new PooledBuffer();
        Assert.Null(Decompressor.Decompress(encoding, Compress(encoding, Plain), output, MaxBytes));
        Assert.Equal(Plain, output.Written.ToArray());
    }

    [Fact]
    public void Gzip_members_are_joined()
    {
        using var output = new PooledBuffer();
        Assert.Null(Decompressor.Decompress("gzip", (byte[])[.. Compress("gzip", Plain), .. Compress("gzip", []), .. Compress("gzip", Plain)], output, MaxBytes));
        Assert.Equal([.. Plain, .. Plain], output.Written.ToArray());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public void Every_truncation_is_refused(string encoding)
    {
        var compressed = Compress(encoding, Plain);
        for (var length = 0; length < compressed.Length; length++)
        {
            using var output = new PooledBuffer();
            var error = Decompressor.Decompress(encoding, compressed.AsMemory(0, length), output, MaxBytes);
            Assert.Equal(RejectCode.CompressionInvalid, error?.Code);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public void What_follows_is_refused(string encoding)
    {
        using var output = new PooledBuffer();
        var error = Decompressor.Decompress(encoding, (byte[])[.. Compress(encoding, Plain), 1, 2, 3], output, MaxBytes);
        Assert.Equal(RejectCode.CompressionInvalid, error?.Code);
    }

    [Fact]
    public void A_wrong_checksum_is_refused()
    {
        var compressed = Compress("gzip", Plain);
        compressed[^6] ^= 1;
        using var output = new PooledBuffer();
        Assert.Equal(RejectCode.CompressionInvalid, Decompressor.Decompress("gzip", compressed, output, MaxBytes)?.Code);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public void Output_ends_at_the_limit(string encoding)
    {
        using var output = new PooledBuffer();
        Assert.Null(Decompressor.Decompress(encoding, Compress(encoding, new byte[MaxBytes]), output, MaxBytes));
        output.Reset();
        var error = Decompressor.Decompress(encoding, Compress(encoding, new byte[MaxBytes * 200]), output, MaxBytes);
        Assert.Equal(RejectCode.DecompressedTooLarge, error?.Code);
        Assert.True(output.Written.Length < MaxBytes * 4, "decompressing went on past the limit");
    }

    [Fact]
    public void An_unknown_encoding_is_refused()
    {
        using var output = new PooledBuffer();
        Assert.Equal(RejectCode.EncodingUnsupported, Decompressor.Decompress("deflate", Plain, output, MaxBytes)?.Code);
    }

    private static byte[] Compress(string encoding, byte[] plain)
    {
        var output = new MemoryStream();
        using (Stream stream = encoding.ToLowerInvariant() switch
        {
            "br" => new BrotliStream(output, CompressionLevel.Fastest, leaveOpen: true),
            "identity" => new BufferedStream(output),
            _ => new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true),
        })
        {
            stream.Write(plain);
            stream.Flush();
            return encoding == "identity" ? output.ToArray() : Finish(stream, output);
        }
    }

    private static byte[] Finish(Stream stream, MemoryStream output)
    {
        stream.Dispose();
        return output.ToArray();
    }
}
