using System.IO.Compression;
using System.Text;
using PushGateway.Buffers;
using PushGateway.Formats.Compression;
using PushGateway.Push;
using Snappier;
using Xunit;

namespace PushGateway.Core.Tests.Formats.Compression;

public sealed class DecompressorTests
{
    private const int MaxBytes = 1 << 20;

    private static readonly byte[] Plain = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"metric_{i} {i}\n")));

    private static readonly byte[] SnappyStart = [0xFF, 6, 0, 0, .. "sNaPpY"u8];

    [Fact]
    public void A_body_that_is_not_compressed_has_the_same_limit()
    {
        using var output = new PooledBuffer();
        Assert.Null(Decompressor.Decompress("identity", new byte[10], output, maxBytes: 10));
        Assert.Equal(RejectCode.DecompressedTooLarge, Decompressor.Decompress("identity", new byte[11], output, maxBytes: 10)?.Code);
    }

    public static TheoryData<string> Encodings => ["gzip", "GZIP", "x-gzip", "br", "snappy", "SNAPPY", "identity"];

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

    [Fact]
    public void Snappy_streams_are_joined_and_what_may_be_skipped_is()
    {
        byte[] stream = [.. Compress("snappy", Plain), 0xFE, 3, 0, 0, 1, 2, 3, 0x80, 0, 0, 0, .. Compress("snappy", Plain)];
        using var output = new PooledBuffer();
        Assert.Null(Decompressor.Decompress("snappy", stream, output, MaxBytes));
        Assert.Equal([.. Plain, .. Plain], output.Written.ToArray());
    }

    // framing_format.txt; the checksum is that of the "123456789" which CRC catalogues give for CRC-32C, E3069283, masked.
    [Fact]
    public void An_uncompressed_chunk_is_taken_as_it_is()
    {
        byte[] stream = [.. SnappyStart, 0x01, 13, 0, 0, 0xE5, 0xB0, 0x8A, 0xC7, .. "123456789"u8];
        using var output = new PooledBuffer();
        Assert.Null(Decompressor.Decompress("snappy", stream, output, MaxBytes));
        Assert.Equal("123456789"u8, output.Written.Span);
    }

    public static TheoryData<byte[]> BrokenSnappy => new()
    {
        Plain,
        Snappy.CompressToArray(Plain),
        { [0xFF, 6, 0, 0, .. "sNaPpy"u8] },
        { [0xFF, 5, 0, 0, .. "sNaPp"u8] },
        { Compress("snappy", Plain)[SnappyStart.Length..] },
        { [.. SnappyStart, 0x00, 0, 0, 0] },
        { [.. SnappyStart, 0x00, 4, 0, 0, 1, 2, 3, 4] },
        { [.. SnappyStart, 0x01, 3, 0, 0, 1, 2, 3] },
        { [.. SnappyStart, 0x02, 0, 0, 0] },
        { [.. SnappyStart, 0x7F, 1, 0, 0, 1] },
        { [.. SnappyStart, 0x01, 5, 0, 1, .. new byte[0x10005]] },
        { [.. SnappyStart, 0x00, 9, 0, 0, 1, 2, 3, 4, 0x80, 0x80, 0x80, 0x80, 0x01] },
    };

    [Theory]
    [MemberData(nameof(BrokenSnappy))]
    public void Snappy_is_held_to_its_framing_format(byte[] body)
    {
        using var output = new PooledBuffer();
        Assert.Equal(RejectCode.CompressionInvalid, Decompressor.Decompress("snappy", body, output, MaxBytes)?.Code);
    }

    [Fact]
    public void No_flipped_bit_of_a_Snappy_stream_goes_unnoticed()
    {
        var compressed = Compress("snappy", Plain);
        for (var bit = 0; bit < compressed.Length * 8; bit++)
        {
            var flipped = (byte[])compressed.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            using var output = new PooledBuffer();
            var error = Decompressor.Decompress("snappy", flipped, output, MaxBytes);

            // A chunk that becomes one to be skipped is skipped, and a reference may find the same text elsewhere.
            Assert.True(
                error?.Code == RejectCode.CompressionInvalid || output.Written.IsEmpty || output.Written.Span.SequenceEqual(Plain), $"bit {bit}");
        }
    }

    [Fact]
    public void A_Snappy_stream_cut_between_chunks_is_a_shorter_one()
    {
        var compressed = Compress("snappy", Plain);
        for (var length = 0; length < compressed.Length; length++)
        {
            using var output = new PooledBuffer();
            var error = Decompressor.Decompress("snappy", compressed.AsMemory(0, length), output, MaxBytes);
            Assert.Equal(length == SnappyStart.Length ? null : RejectCode.CompressionInvalid, error?.Code);
        }
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
    [InlineData("snappy")]
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
    [InlineData("snappy")]
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
            "snappy" => new SnappyStream(output, CompressionMode.Compress, leaveOpen: true),
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
