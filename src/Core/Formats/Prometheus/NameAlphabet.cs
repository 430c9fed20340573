using System.Buffers;

namespace PushGateway.Formats.Prometheus;

/// <summary>
/// The characters of a legal Prometheus name, and how another name is made legal: every Unicode scalar outside the
/// alphabet becomes one <c>_</c>, and a leading digit gets <c>_</c> before it.
/// </summary>
/// <remarks>Names are valid UTF-8. A made-legal name is never longer than the name plus one byte.</remarks>
public sealed class NameAlphabet
{
    private NameAlphabet(ReadOnlySpan<byte> legal) => Bytes = SearchValues.Create(legal);

    /// <summary>Metric names: <c>[a-zA-Z_:][a-zA-Z0-9_:]*</c>.</summary>
    public static NameAlphabet Metric { get; } = new("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:"u8);

    /// <summary>Label names: <c>[a-zA-Z_][a-zA-Z0-9_]*</c>.</summary>
    public static NameAlphabet Label { get; } = new("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"u8);

    /// <summary>The legal bytes; a digit only where it is not the first.</summary>
    internal SearchValues<byte> Bytes { get; }

    /// <summary>Whether <paramref name="name"/> is legal as it is.</summary>
    public bool IsLegal(ReadOnlySpan<byte> name) => !name.IsEmpty && !char.IsAsciiDigit((char)name[0]) && !name.ContainsAnyExcept(Bytes);

    /// <summary>Length in bytes of the legal form of <paramref name="name"/>.</summary>
    public static int GetLegalLength(ReadOnlySpan<byte> name)
    {
        var length = 0;
        foreach (var unit in name)
        {
            length += IsContinuation(unit) ? 0 : 1;
        }

        return NeedsPrefix(name) ? length + 1 : length;
    }

    /// <summary>Writes the legal form of <paramref name="name"/>; <paramref name="destination"/> holds <see cref="GetLegalLength"/> bytes.</summary>
    public void MakeLegal(ReadOnlySpan<byte> name, Span<byte> destination)
    {
        var written = 0;
        if (NeedsPrefix(name))
        {
            destination[written++] = (byte)'_';
        }

        foreach (var unit in name)
        {
            if (!IsContinuation(unit))
            {
                destination[written++] = Bytes.Contains(unit) ? unit : (byte)'_';
            }
        }
    }

    private static bool NeedsPrefix(ReadOnlySpan<byte> name) => !name.IsEmpty && char.IsAsciiDigit((char)name[0]);

    private static bool IsContinuation(byte unit) => (unit & 0b1100_0000) == 0b1000_0000;
}
