using System.Buffers.Binary;

namespace PushGateway.Wire;

/// <summary>
/// Reads protobuf from untrusted sources. It never throws and never reads past the end. A method that cannot read returns false, and then
/// every later call returns false as well. <see cref="IsMalformed"/> tells a malformed input from its normal end.
/// </summary>
/// <remarks>
/// <code>
/// while (reader.TryReadTag(out var field, out var type))
/// {
///     _ = (field, type) switch
///     {
///         (1, WireType.LengthDelimited) => reader.TryReadBytes(out name),
///         _ => reader.TrySkip(type),
///     };
/// }
///
/// return !reader.IsMalformed;
/// </code>
/// </remarks>
internal ref struct ProtobufReader(ReadOnlySpan<byte> source)
{
    private const int MoreFollows = 0x80;
    private const int BitsPerByte = 7;
    private const int LastVarintShift = 63;
    private const int MaxFieldNumber = (1 << 29) - 1;
    private const int WireTypeMask = (1 << ProtobufWriter.WireTypeBits) - 1;

    private ReadOnlySpan<byte> _rest = source;

    /// <summary>Whether a read has failed. The end of the input where a tag may begin is not a failure.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Whether nothing is left to read. Also true of malformed input.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Number of bytes that are left to read.</summary>
    public readonly int BytesLeft => _rest.Length;

    /// <summary>The inverse of <see cref="ProtobufWriter.ZigZag"/>.</summary>
    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>Reads the next field's tag; false at the end. Groups, unknown wire types and field 0 are malformed.</summary>
    public bool TryReadTag(out int field, out WireType type)
    {
        field = 0;
        type = default;
        if (_rest.IsEmpty || !TryReadVarint(out var tag))
        {
            return false;
        }

        var number = tag >> ProtobufWriter.WireTypeBits;
        type = (WireType)(tag & WireTypeMask);
        if (number is 0 or > MaxFieldNumber
            || type is not (WireType.Varint or WireType.Fixed64 or WireType.LengthDelimited or WireType.Fixed32))
        {
            return Fail();
        }

        field = (int)number;
        return true;
    }

    /// <summary>Reads the next string, bytes, message or packed field of this number, and skips the fields before it; false at the end.</summary>
    public bool TryReadNext(int wanted, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        while (TryReadTag(out var field, out var type))
        {
            if (field == wanted && type == WireType.LengthDelimited)
            {
                return TryReadBytes(out bytes);
            }

            TrySkip(type);
        }

        return false;
    }

    /// <summary>
    /// Reads a varint. More bytes than needed are accepted, because .NET's OTLP exporter writes them. More than 64 bits are not.
    /// </summary>
    public bool TryReadVarint(out ulong value)
    {
        // Tags, most references and most lengths have one byte.
        if (!_rest.IsEmpty && _rest[0] < MoreFollows)
        {
            value = _rest[0];
            _rest = _rest[1..];
            return true;
        }

        return TryReadLongVarint(out value);
    }

    /// <summary>Reads a <c>fixed64</c> or <c>sfixed64</c>.</summary>
    public bool TryReadFixed64(out ulong value)
    {
        if (!BinaryPrimitives.TryReadUInt64LittleEndian(_rest, out value))
        {
            return Fail();
        }

        _rest = _rest[sizeof(ulong)..];
        return true;
    }

    /// <summary>Reads a <c>fixed32</c> or <c>sfixed32</c>.</summary>
    public bool TryReadFixed32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32LittleEndian(_rest, out value))
        {
            return Fail();
        }

        _rest = _rest[sizeof(uint)..];
        return true;
    }

    /// <summary>Reads a <c>double</c>. Every bit of a NaN is kept.</summary>
    public bool TryReadDouble(out double value)
    {
        var read = TryReadFixed64(out var bits);
        value = BitConverter.UInt64BitsToDouble(bits);
        return read;
    }

    /// <summary>
    /// Reads the payload of a string, bytes, message or packed field. The result is a slice of the source; nothing is copied.
    /// </summary>
    public bool TryReadBytes(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!TryReadVarint(out var length))
        {
            return false;
        }

        if (length > (ulong)_rest.Length)
        {
            return Fail();
        }

        bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    /// <summary>Skips the value of a field that the caller does not know.</summary>
    public bool TrySkip(WireType type) => type switch
    {
        WireType.Varint => TryReadVarint(out _),
        WireType.Fixed64 => TryReadFixed64(out _),
        WireType.LengthDelimited => TryReadBytes(out _),
        WireType.Fixed32 => TryReadFixed32(out _),
        _ => Fail(),
    };

    private bool TryReadLongVarint(out ulong value)
    {
        value = 0;
        for (int shift = 0, i = 0; shift <= LastVarintShift && i < _rest.Length; shift += BitsPerByte, i++)
        {
            var next = _rest[i];
            if (shift == LastVarintShift && next > 1)
            {
                break;
            }

            value |= (ulong)(next & (MoreFollows - 1)) << shift;
            if (next < MoreFollows)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }

        value = 0;
        return Fail();
    }

    private bool Fail()
    {
        IsMalformed = true;
        _rest = default;
        return false;
    }
}
