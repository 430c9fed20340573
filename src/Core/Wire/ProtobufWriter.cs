using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace PushGateway.Wire;

/// <summary>
/// Writes protobuf into memory that the caller has sized with <see cref="ProtobufSize"/>; writing past its end throws.
/// Every call writes: leaving out fields at their default is the caller's choice, since a repeated field or a oneof must not.
/// </summary>
/// <remarks>What is inlined is for writers that are locals, whose position then stays in a register: a tenth of the time of a request.</remarks>
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteVarint(ulong value)
    {
        // Tags, most references and most lengths are of one byte.
        if (value < MoreFollows)
        {
            _destination[Position++] = (byte)value;
            return;
        }

        Position += WriteLongVarint(_destination[Position..], value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteFixed64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_destination[Position..], value);
        Position += sizeof(ulong);
    }

    /// <summary>Writes bytes as they are, without a length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Position..]);
        Position += bytes.Length;
    }

    /// <summary>Writes a varint field.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    /// <summary>
    /// Begins a message or packed field whose length is not known yet: what is written from here on is its payload, until <see cref="End"/>.
    /// </summary>
    /// <returns>Where the payload begins.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Begin(int field)
    {
        WriteTag(field, WireType.LengthDelimited);
        return ++Position;
    }

    /// <summary>Ends what <see cref="Begin"/> began.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void End(int start)
    {
        // There is room for a length of one byte, which most have.
        var length = Position - start;
        if (length < MoreFollows)
        {
            _destination[start - 1] = (byte)length;
            return;
        }

        Position += MakeRoom(_destination[(start - 1)..], length);
    }

    private static int WriteLongVarint(Span<byte> destination, ulong value)
    {
        var length = 0;
        while (value >= MoreFollows)
        {
            destination[length++] = (byte)(value | MoreFollows);
            value >>= BitsPerByte;
        }

        destination[length++] = (byte)value;
        return length;
    }

    // Moves the payload behind its length, and returns by how much.
    private static int MakeRoom(Span<byte> field, int length)
    {
        var moved = ProtobufSize.Varint((ulong)length) - 1;
        field.Slice(1, length).CopyTo(field[(1 + moved)..]);
        WriteLongVarint(field, (ulong)length);
        return moved;
    }
}
