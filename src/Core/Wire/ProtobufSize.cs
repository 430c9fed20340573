using System.Numerics;

namespace PushGateway.Wire;

/// <summary>
/// Encoded sizes in bytes of what <see cref="ProtobufWriter"/> writes. Sizes come first, because the length of a message precedes it.
/// </summary>
internal static class ProtobufSize
{
    private const int BitsPerByte = 7;
    private const int MoreFollows = 0x80;

    /// <summary>A varint.</summary>
    public static int Varint(ulong value) => value < MoreFollows ? 1 : (BitOperations.Log2(value) / BitsPerByte) + 1;

    /// <summary>A tag.</summary>
    public static int Tag(int field) => Varint((ulong)field << ProtobufWriter.WireTypeBits);

    /// <summary>A varint field.</summary>
    public static int Varint(int field, ulong value) => Tag(field) + Varint(value);

    /// <summary>A <c>fixed64</c>, <c>sfixed64</c> or <c>double</c> field.</summary>
    public static int Fixed64(int field) => Tag(field) + sizeof(ulong);

    /// <summary>A string, bytes, packed or message field with a payload of <paramref name="length"/> bytes.</summary>
    public static int LengthDelimited(int field, int length) => Tag(field) + Varint((ulong)length) + length;

    /// <inheritdoc cref="LengthDelimited(int, int)"/>
    public static long LengthDelimited(int field, long length) => Tag(field) + Varint((ulong)length) + length;
}
