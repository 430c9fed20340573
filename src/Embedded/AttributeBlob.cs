using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text;
using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>
/// Encodes message attributes as one blob. Each attribute is the number of a known name, or 0 and the name, and then the value. A string is
/// UTF-8 after its 32-bit little-endian length in bytes.
/// </summary>
internal static class AttributeBlob
{
    private const byte Unknown = 0;

    // The numbers are stored, so new names may only be added at the end.
    private static readonly string[] KnownNames =
    [
        MessageAttribute.ContentType,
        MessageAttribute.ContentEncoding,
        MessageAttribute.ContentTransferEncoding,
        MessageAttribute.Operation,
        MessageAttribute.Group,
        MessageAttribute.Time,
        MessageAttribute.Version,
        MessageAttribute.TraceParent,
        MessageAttribute.DeadLetterReason,
    ];

    private static readonly FrozenDictionary<string, byte> NumberOfName =
        KnownNames.Select((name, index) => KeyValuePair.Create(name, (byte)(index + 1))).ToFrozenDictionary();

    public static byte[] Encode(IReadOnlyDictionary<string, string> attributes)
    {
        var length = 0;
        foreach (var (name, value) in attributes)
        {
            length += sizeof(byte) + Size(value) + (NumberOfName.ContainsKey(name) ? 0 : Size(name));
        }

        if (length == 0)
        {
            return [];
        }

        var blob = new byte[length];
        var rest = blob.AsSpan();
        foreach (var (name, value) in attributes)
        {
            var number = NumberOfName.GetValueOrDefault(name, Unknown);
            rest[0] = number;
            rest = rest[1..];
            if (number == Unknown)
            {
                Write(ref rest, name);
            }

            Write(ref rest, value);
        }

        return blob;
    }

    /// <exception cref="InvalidDataException">The bytes are not those of attributes.</exception>
    public static IReadOnlyDictionary<string, string> Decode(ReadOnlySpan<byte> blob)
    {
        var attributes = new Dictionary<string, string>();
        while (!blob.IsEmpty)
        {
            var number = blob[0];
            blob = blob[1..];
            var name = number == Unknown ? Read(ref blob)
                : number <= KnownNames.Length ? KnownNames[number - 1]
                : throw new InvalidDataException("a name is unknown");
            attributes[name] = Read(ref blob);
        }

        return attributes;
    }

    private static int Size(string text) => sizeof(int) + Encoding.UTF8.GetByteCount(text);

    private static void Write(ref Span<byte> destination, string text)
    {
        var count = Encoding.UTF8.GetBytes(text, destination[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(destination, count);
        destination = destination[(sizeof(int) + count)..];
    }

    private static string Read(ref ReadOnlySpan<byte> source)
    {
        if (!BinaryPrimitives.TryReadInt32LittleEndian(source, out var count) || (uint)count > source.Length - sizeof(int))
        {
            throw new InvalidDataException("a length is impossible");
        }

        var text = Encoding.UTF8.GetString(source.Slice(sizeof(int), count));
        source = source[(sizeof(int) + count)..];
        return text;
    }
}
