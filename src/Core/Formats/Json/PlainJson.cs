using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace PushGateway.Formats.Json;

/// <summary>
/// A cursor over JSON, for readers that know what they expect and leave everything else to <see cref="System.Text.Json.Utf8JsonReader"/>: false says
/// only that something else stands here. Strings are checked for neither escapes' meaning nor UTF-8.
/// </summary>
/// <param name="json">The JSON.</param>
public ref struct PlainJson(ReadOnlySpan<byte> json)
{
    private static readonly SearchValues<byte> StringEnds = SearchValues.Create(
        [.. Enumerable.Range(0, ' ').Select(control => (byte)control), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> _json = json;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>What follows.</summary>
    public readonly ReadOnlySpan<byte> Rest => _json[Position..];

    /// <summary>Whether nothing but blanks follows, which are skipped.</summary>
    public bool IsAtEnd()
    {
        SkipBlanks();
        return Position == _json.Length;
    }

    /// <summary>Passes bytes of <see cref="Rest"/>.</summary>
    public void Advance(int bytes) => Position += bytes;

    /// <summary>Skips what JSON allows between tokens.</summary>
    public void SkipBlanks()
    {
        while ((uint)Position < (uint)_json.Length && _json[Position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            Position++;
        }
    }

    /// <summary>Passes a character, and blanks before it.</summary>
    public bool TryTake(char token)
    {
        var at = Position;
        if ((uint)at < (uint)_json.Length && _json[at] == token)
        {
            Position = at + 1;
            return true;
        }

        return TryTakeAfterBlanks(token);
    }

    /// <summary>Reads a string in which nothing is escaped.</summary>
    public bool TryReadString(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!TryTake('"'))
        {
            return false;
        }

        var rest = _json[Position..];
        var length = LengthOfRun(rest);
        if ((uint)length >= (uint)rest.Length || rest[length] != '"')
        {
            return false;
        }

        text = rest[..length];
        Position += length + 1;
        return true;
    }

    /// <summary>
    /// Reads the rest of a string after its opening quote, with the escapes of two characters undone.
    /// </summary>
    /// <param name="destination">Where the text goes.</param>
    /// <param name="written">Bytes of the text.</param>
    /// <returns><see cref="OperationStatus.InvalidData"/>: it is escaped otherwise, or no string.</returns>
    public OperationStatus TryUnescape(scoped Span<byte> destination, out int written)
    {
        var rest = Rest;
        var read = 0;
        written = 0;
        while (true)
        {
            if (rest.Length - read < Vector128<byte>.Count || destination.Length - written < Vector128<byte>.Count)
            {
                return UnescapeTail(rest, destination, read, ref written);
            }

            var block = Vector128.Create(rest[read..]);
            block.CopyTo(destination[written..]);
            var ends = EndsIn(block);
            var run = ends == 0 ? Vector128<byte>.Count : BitOperations.TrailingZeroCount(ends);
            (read, written) = (read + run, written + run);
            if (ends != 0 && !TryPassEscape(rest, destination, ref read, ref written))
            {
                return Close(rest, read);
            }
        }
    }

    private bool TryTakeAfterBlanks(char token)
    {
        var at = Position;
        SkipBlanks();
        return Position > at && TryTake(token);
    }

    private OperationStatus UnescapeTail(ReadOnlySpan<byte> rest, scoped Span<byte> destination, int read, ref int written)
    {
        while (read < rest.Length)
        {
            if (written == destination.Length)
            {
                return OperationStatus.DestinationTooSmall;
            }

            if (rest[read] is >= (byte)' ' and not (byte)'"' and not (byte)'\\')
            {
                destination[written++] = rest[read++];
            }
            else if (!TryPassEscape(rest, destination, ref read, ref written))
            {
                return Close(rest, read);
            }
        }

        return OperationStatus.InvalidData;
    }

    private OperationStatus Close(ReadOnlySpan<byte> rest, int read)
    {
        if (rest[read] != '"')
        {
            return OperationStatus.InvalidData;
        }

        Position += read + 1;
        return OperationStatus.Done;
    }

    private static bool TryPassEscape(ReadOnlySpan<byte> rest, scoped Span<byte> destination, ref int read, ref int written)
    {
        var unescaped = rest[read] == '\\' && read + 1 < rest.Length ? Unescape(rest[read + 1]) : (byte)0;
        if (unescaped == 0)
        {
            return false;
        }

        destination[written++] = unescaped;
        read += 2;
        return true;
    }

    private static byte Unescape(byte escaped) => escaped switch
    {
        (byte)'"' or (byte)'\\' or (byte)'/' => escaped,
        (byte)'n' => (byte)'\n',
        (byte)'t' => (byte)'\t',
        (byte)'r' => (byte)'\r',
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        _ => 0,
    };

    // Up to the quote, backslash or control character; -1 when there is none.
    private static int LengthOfRun(ReadOnlySpan<byte> text)
    {
        var at = 0;
        for (; text.Length - at >= Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            if (EndsIn(Vector128.Create(text[at..])) is not 0 and var ends)
            {
                return at + BitOperations.TrailingZeroCount(ends);
            }
        }

        var rest = text[at..].IndexOfAny(StringEnds);
        return rest < 0 ? -1 : at + rest;
    }

    private static uint EndsIn(Vector128<byte> block) =>
        (Vector128.Equals(block, Vector128.Create((byte)'"'))
            | Vector128.Equals(block, Vector128.Create((byte)'\\'))
            | Vector128.LessThan(block, Vector128.Create((byte)' '))).ExtractMostSignificantBits();
}
