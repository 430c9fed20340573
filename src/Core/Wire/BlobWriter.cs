using System.Buffers.Binary;

namespace PushGateway.Wire;

/// <summary>Writes the encoded state: little-endian fixed numbers, LEB128 lengths. Reusable; keeps its buffer.</summary>
internal sealed class BlobWriter
{
    private const int InitialBytes = 1024;
    private byte[] _bytes = new byte[InitialBytes];

    public int Length { get; private set; }

    /// <summary>Size of the buffer in bytes.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>What has been written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void WriteByte(byte value) => Append(1)[0] = value;

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Append(sizeof(long)), value);

    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Append(bytes.Length));

    /// <summary>Writes the length, then the bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 0x80)
        {
            var destination = Append(1 + bytes.Length);
            destination[0] = (byte)bytes.Length;
            bytes.CopyTo(destination[1..]);
            return;
        }

        WriteVarint((uint)bytes.Length);
        WriteRaw(bytes);
    }

    public void WriteVarint(uint value)
    {
        while (value >= 0x80)
        {
            WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        WriteByte((byte)value);
    }

    private Span<byte> Append(int count)
    {
        var length = checked(Length + count);
        if (length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Clamp((long)_bytes.Length * 2, length, Array.MaxLength));
        }

        var span = _bytes.AsSpan(Length, count);
        Length = length;
        return span;
    }
}
