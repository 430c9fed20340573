using FsCheck.Xunit;
using Google.Protobuf;
using PushGateway.Wire;
using Xunit;

namespace PushGateway.Core.Tests.Wire;

public sealed class ProtobufWriterTests
{
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
        var writer = new ProtobufWriter(new ReusableBuffer());
        writer.WriteVarint(value);

        Assert.Equal(CodedOutputStream.ComputeUInt64Size(value), writer.Position);
        var alone = new byte[ProtobufWriter.MaxVarintBytes];
        Assert.Equal(alone[..ProtobufWriter.WriteVarint(alone, value)], writer.Written.ToArray());
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

        var writer = new ProtobufWriter(new ReusableBuffer());
        writer.WriteVarint(number29, varint);
        writer.WriteVarint(number29, ProtobufWriter.ZigZag(zigzag));
        writer.WriteDouble(number29, number);
        writer.WriteBytes(number29, bytes);

        Assert.Equal(stream.ToArray(), writer.Written.ToArray());
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
        var expected = new ProtobufWriter(new ReusableBuffer());
        expected.WriteBytes(1, payload);
        expected.WriteVarint(7);

        var writer = new ProtobufWriter(new ReusableBuffer());
        var start = writer.Begin(1);
        writer.WriteRaw(payload);
        writer.End(start);
        writer.WriteVarint(7);

        Assert.Equal(expected.Written.ToArray(), writer.Written.ToArray());
    }

    [Fact]
    public void The_buffer_grows_and_keeps_what_was_written()
    {
        var writer = new ProtobufWriter(new ReusableBuffer());
        for (var i = 0; i < 10_000; i++)
        {
            writer.WriteRaw([(byte)i]);
        }

        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => (byte)i), writer.Written.ToArray());
    }

    [Fact]
    public void What_was_taken_back_is_not_written()
    {
        var writer = new ProtobufWriter(new ReusableBuffer());
        writer.WriteVarint(1, 1);
        var end = writer.Position;
        writer.WriteBytes(2, [1, 2, 3]);
        writer.Truncate(end);
        writer.WriteVarint(3, 3);

        Assert.Equal([0x08, 1, 0x18, 3], writer.Written.ToArray());
    }
}
