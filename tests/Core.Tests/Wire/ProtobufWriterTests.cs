using FsCheck.Xunit;
using Google.Protobuf;
using PushGateway.Wire;
using Xunit;

namespace PushGateway.Core.Tests.Wire;

public sealed class ProtobufWriterTests
{
    private const int MaxVarintBytes = 10;

    [Theory]
    [InlineData(0UL)]
    [InlineData(0x7FUL)]
    [InlineData(0x80UL)]
    [InlineData(0x3FFFUL)]
    [InlineData(0x4000UL)]
    [InlineData(uint.MaxValue)]
    [InlineData(1UL << 62)]
    [InlineData(1UL << 63)]
    [InlineData(ulong.MaxValue)]
    public void A_varint_is_written_as_the_reference_writes_it(ulong value)
    {
        var writer = new ProtobufWriter(new byte[MaxVarintBytes]);
        writer.WriteVarint(value);

        Assert.Equal(CodedOutputStream.ComputeUInt64Size(value), writer.Position);
        Assert.Equal(writer.Position, ProtobufSize.Varint(value));
    }

    [Property(MaxTest = 1000)]
    public void Fields_are_written_as_the_reference_writes_them(
        ulong varint, long zigzag, double number, byte[] bytes, FsCheck.PositiveInt field)
    {
        var number29 = (field.Get % ((1 << 29) - 1)) + 1;
        using var stream = new MemoryStream();
        using (var reference = new CodedOutputStream(stream, leaveOpen: true))
        {
            reference.WriteTag(number29, WireFormat.WireType.Varint);
            reference.WriteUInt64(varint);
            reference.WriteTag(number29, WireFormat.WireType.Varint);
            reference.WriteSInt64(zigzag);
            reference.WriteTag(number29, WireFormat.WireType.Fixed64);
            reference.WriteDouble(number);
            reference.WriteTag(number29, WireFormat.WireType.LengthDelimited);
            reference.WriteBytes(ByteString.CopyFrom(bytes));
        }

        var buffer = new byte[stream.Length];
        var writer = new ProtobufWriter(buffer);
        writer.WriteVarint(number29, varint);
        writer.WriteVarint(number29, ProtobufWriter.ZigZag(zigzag));
        writer.WriteDouble(number29, number);
        writer.WriteBytes(number29, bytes);

        Assert.Equal(stream.ToArray(), buffer);
        Assert.Equal(
            buffer.Length,
            ProtobufSize.Varint(number29, varint)
                + ProtobufSize.Varint(number29, ProtobufWriter.ZigZag(zigzag))
                + ProtobufSize.Fixed64(number29)
                + ProtobufSize.LengthDelimited(number29, bytes.Length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0x7F)]
    [InlineData(0x80)]
    [InlineData(0x4000)]
    public void A_message_whose_length_comes_last_is_written_as_any_other(int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        var expected = new byte[length + MaxVarintBytes];
        var measured = new ProtobufWriter(expected);
        measured.WriteBytes(1, payload);
        measured.WriteVarint(7);

        var actual = new byte[expected.Length];
        var writer = new ProtobufWriter(actual);
        var start = writer.Begin(1);
        writer.WriteRaw(payload);
        writer.End(start);
        writer.WriteVarint(7);

        Assert.Equal(expected[..measured.Position], actual[..writer.Position]);
    }

    [Fact]
    public void Writing_past_the_end_throws() =>
        Assert.Throws<IndexOutOfRangeException>(() => new ProtobufWriter(new byte[1]).WriteVarint(0x80));
}
