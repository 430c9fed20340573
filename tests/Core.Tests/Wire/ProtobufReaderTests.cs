using FsCheck.Xunit;
using PushGateway.Wire;
using Xunit;

namespace PushGateway.Core.Tests.Wire;

public sealed class ProtobufReaderTests
{
    [Theory]
    [InlineData("00", 0UL)]
    [InlineData("7F", 127UL)]
    [InlineData("AC02", 300UL)]
    [InlineData("8000", 0UL)]
    [InlineData("AC828080808080808000", 300UL)]
    [InlineData("FFFFFFFFFFFFFFFFFF01", ulong.MaxValue)]
    public void A_varint_may_have_more_bytes_than_it_needs(string hex, ulong expected)
    {
        var reader = new ProtobufReader(Convert.FromHexString(hex));

        Assert.True(reader.TryReadVarint(out var value));
        Assert.Equal(expected, value);
        Assert.True(reader.IsAtEnd);
        Assert.False(reader.IsMalformed);
    }

    [Theory]
    [InlineData("", "varint at the end")]
    [InlineData("80", "varint cut off")]
    [InlineData("FFFFFFFFFFFFFFFFFF02", "varint of 65 bits")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF00", "varint of 11 bytes")]
    public void A_bad_varint_is_malformed(string hex, string what)
    {
        var reader = new ProtobufReader(Convert.FromHexString(hex));

        Assert.False(reader.TryReadVarint(out var value), what);
        Assert.Equal(0UL, value);
        Assert.True(reader.IsMalformed);
        Assert.True(reader.IsAtEnd);
    }

    [Theory]
    [InlineData("00", "field 0")]
    [InlineData("0B", "start of a group")]
    [InlineData("0C", "end of a group")]
    [InlineData("0E", "wire type 6")]
    [InlineData("0F", "wire type 7")]
    [InlineData("8080808010", "field 2^29")]
    [InlineData("80", "cut off")]
    public void A_bad_tag_is_malformed(string hex, string what)
    {
        var reader = new ProtobufReader(Convert.FromHexString(hex));

        Assert.False(reader.TryReadTag(out _, out _), what);
        Assert.True(reader.IsMalformed);
    }

    [Theory]
    [InlineData("08")]
    [InlineData("0880")]
    [InlineData("0900000000000000")]
    [InlineData("0D000000")]
    [InlineData("0A0161FF")]
    [InlineData("0A0261")]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01")]
    public void A_value_that_overruns_the_end_is_malformed(string hex) => Assert.False(SkipAll(Convert.FromHexString(hex)));

    [Fact]
    public void Fields_are_skipped_by_wire_type()
    {
        var reader = new ProtobufReader(Convert.FromHexString("0801" + "110102030405060708" + "1A0161" + "2501020304" + "2A0162"));
        for (var field = 1; field < 5; field++)
        {
            Assert.True(reader.TryReadTag(out var number, out var type));
            Assert.Equal(field, number);
            Assert.True(reader.TrySkip(type));
        }

        Assert.True(reader.TryReadTag(out _, out _));
        Assert.True(reader.TryReadBytes(out var bytes));
        Assert.Equal("b"u8, bytes);
        Assert.False(reader.TryReadTag(out _, out _));
        Assert.False(reader.IsMalformed);
    }

    [Fact]
    public void After_a_failure_every_read_fails()
    {
        var reader = new ProtobufReader([0x0B, 0x08, 0x01]);

        Assert.False(reader.TryReadTag(out _, out _));
        Assert.False(reader.TryReadTag(out _, out _));
        Assert.False(reader.TryReadFixed64(out _));
        Assert.False(reader.TryReadFixed32(out _));
        Assert.False(reader.TryReadBytes(out _));
        Assert.False(reader.TrySkip(WireType.Varint));
        Assert.True(reader.IsMalformed);
    }

    [Property(MaxTest = 1000)]
    public void What_the_writer_writes_is_read_back(ulong varint, long zigzag, ulong bits, byte[] bytes)
    {
        var writer = new ProtobufWriter(new ReusableBuffer());
        writer.WriteVarint(1, varint);
        writer.WriteVarint(2, ProtobufWriter.ZigZag(zigzag));
        writer.WriteDouble(3, BitConverter.UInt64BitsToDouble(bits));
        writer.WriteBytes(4, bytes);

        var reader = new ProtobufReader(writer.Written.Span);
        Assert.True(reader.TryReadTag(out _, out _) & reader.TryReadVarint(out var readVarint));
        Assert.True(reader.TryReadTag(out _, out _) & reader.TryReadVarint(out var readZigzag));
        Assert.True(reader.TryReadTag(out _, out _) & reader.TryReadDouble(out var readDouble));
        Assert.True(reader.TryReadTag(out _, out _) & reader.TryReadBytes(out var readBytes));
        Assert.Equal(varint, readVarint);
        Assert.Equal(zigzag, ProtobufReader.UnZigZag(readZigzag));
        Assert.Equal(bits, BitConverter.DoubleToUInt64Bits(readDouble));
        Assert.Equal(bytes, readBytes);
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void Random_bytes_neither_throw_nor_hang()
    {
        var random = new Random(20260729);
        var bytes = new byte[64];
        for (var i = 0; i < 200_000; i++)
        {
            var length = random.Next(bytes.Length + 1);
            random.NextBytes(bytes.AsSpan(0, length));

            // Small numbers are where tags and lengths make sense.
            for (var j = 0; j < length; j += 1 + random.Next(3))
            {
                bytes[j] &= 0x1F;
            }

            SkipAll(bytes.AsSpan(0, length));
        }
    }

    // Each turn reads at least a tag, so that there are never more turns than bytes.
    private static bool SkipAll(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        var turns = 0;
        while (reader.TryReadTag(out var field, out var type))
        {
            Assert.InRange(field, 1, (1 << 29) - 1);
            Assert.InRange(++turns, 1, bytes.Length);
            if (type == WireType.LengthDelimited && reader.TryReadBytes(out var inner))
            {
                SkipAll(inner);
            }
            else if (type != WireType.LengthDelimited)
            {
                reader.TrySkip(type);
            }
        }

        Assert.True(reader.IsAtEnd);
        return !reader.IsMalformed;
    }
}
