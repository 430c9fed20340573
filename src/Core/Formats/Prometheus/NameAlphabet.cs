using System.Buffers;

namespace PushGateway.Formats.Prometheus;

/// <summary>
/// The legal characters of a Prometheus name, and how an illegal name is made legal: every other Unicode scalar becomes one <c>_</c>, and a
/// <c>_</c> is put before a leading digit.
/// </summary>
/// <remarks>Names must be valid UTF-8. The legal form is at most one byte longer than the name.</remarks>
public sealed class NameAlphabet
{
    private NameAlphabet(ReadOnlySpan<byte> legal) => Bytes = SearchValues.Create(legal);

    /// <summary>Metric names: <c>[a-zA-Z_:][a-zA-Z0-9_:]*</c>.</summary>
    public static NameAlphabet Metric { get; } = new("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:"u8);

    /// <summary>Label names: <c>[a-zA-Z_][a-zA-Z0-9_]*</c>.</summary>
    public static NameAlphabet Label { get; } = new("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"u8);

    /// <summary>The legal bytes. A name must not begin with a digit.</summary>
    internal SearchValues<byte> Bytes { get; }

    /// <summary>Whether <paramref name="name"/> is legal as it is.</summary>
    public bool IsLegal(ReadOnlySpan<byte> name) => !name.IsEmpty && !char.IsAsciiDigit((char)name[0]) && !name.ContainsAnyExcept(Bytes);

    /// <summary>Length in bytes of the legal form of <paramref name="name"/>.</summary>
    public static int GetLegalLength(ReadOnlySpan<byte> name) => CountCharacters(name) + (NeedsPrefix(name) ? 1 : 0);

    /// <summary>Number of Unicode scalars in valid UTF-8.</summary>
    internal static int CountCharacters(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var unit in utf8)
        {
            count += IsContinuation(unit) ? 0 : 1;
        }

        return count;
    }

    /// <summary>
    /// Writes the legal form of <paramref name="name"/>. <paramref name="destination"/> must have room for <see cref="GetLegalLength"/>
    /// bytes.
    /// </summary>
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
