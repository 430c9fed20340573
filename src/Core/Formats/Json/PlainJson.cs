using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace PushGateway.Formats.Json;

/// <summary>
/// A cursor over JSON, for readers that know what they expect and leave everything else to <see cref="System.Text.Json.Utf8JsonReader"/>: false says
/// only that something else stands here. Strings are not checked for UTF-8.
/// </summary>
/// <param name="json">The JSON.</param>
internal ref struct PlainJson(ReadOnlySpan<byte> json)
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

    private bool TryTakeAfterBlanks(char token)
    {
        var at = Position;
        SkipBlanks();
        return Position > at && TryTake(token);
    }

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
