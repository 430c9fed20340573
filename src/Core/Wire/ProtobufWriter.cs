using System.Buffers.Binary;

namespace PushGateway.Wire;

/// <summary>
/// Writes protobuf into memory that the caller has sized with <see cref="ProtobufSize"/>; writing past its end throws.
/// Every call writes: leaving out fields at their default is the caller's choice, since a repeated field or a oneof must not.
/// </summary>
internal ref struct ProtobufWriter(Span<byte> destination)
{
    internal const int WireTypeBits = 3;

    private const int MoreFollows = 0x80;
    private const int BitsPerByte = 7;

    private readonly Span<byte> _destination = destination;

    /// <summary>Number of bytes written.</summary>
    public int Position { get; private set; }

    /// <summary>Maps small numbers of either sign to small varints (<c>sint32</c>, <c>sint64</c>).</summary>
    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public void WriteTag(int field, WireType type) => WriteVarint(((ulong)field << WireTypeBits) | (uint)type);

    /// <summary>
    /// Writes a varint in as few bytes as it takes. Negative <c>int32</c>, <c>int64</c> and enums are sign-extended to 64 bits.
    /// </summary>
    public void WriteVarint(ulong value)
    {
        while (value >= MoreFollows)
        {
            _destination[Position++] = (byte)(value | MoreFollows);
            value >>= BitsPerByte;
        }

        _destination[Position++] = (byte)value;
    }

    public void WriteFixed64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_destination[Position..], value);
        Position += sizeof(ulong);
    }

    /// <summary>Writes bytes as they are, without a length.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Position..]);
        Position += bytes.Length;
    }

    /// <summary>Writes a varint field.</summary>
    public void WriteVarint(int field, ulong value)
    {
        WriteTag(field, WireType.Varint);
        WriteVarint(value);
    }

    /// <summary>Writes a <c>fixed64</c> or <c>sfixed64</c> field.</summary>
    public void WriteFixed64(int field, ulong value)
    {
        WriteTag(field, WireType.Fixed64);
        WriteFixed64(value);
    }

    /// <summary>Writes a <c>double</c> field; every bit of a NaN is kept.</summary>
    public void WriteDouble(int field, double value) => WriteFixed64(field, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes a string or bytes field.</summary>
    public void WriteBytes(int field, scoped ReadOnlySpan<byte> bytes)
    {
        WriteLength(field, bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>
    /// Writes tag and length of a message or packed field; its payload of exactly <paramref name="length"/> bytes follows.
    /// </summary>
    public void WriteLength(int field, int length)
    {
        WriteTag(field, WireType.LengthDelimited);
        WriteVarint((ulong)length);
    }
}
