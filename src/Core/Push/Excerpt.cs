using System.Text;

namespace PushGateway.Push;

/// <summary>The part of a sender's text that an error message repeats: long enough to find it, on one line.</summary>
internal static class Excerpt
{
    private const int MaxLength = 32;

    public static string Of(string text)
    {
        var end = text.Length <= MaxLength ? text.Length : MaxLength - (char.IsHighSurrogate(text[MaxLength - 1]) ? 1 : 0);
        return OnOneLine(text.AsSpan(0, end).ToArray(), end < text.Length);
    }

    /// <summary>As many whole characters of UTF-8 as fit into <paramref name="maxBytes"/>.</summary>
    public static string Of(ReadOnlySpan<byte> utf8, int maxBytes)
    {
        // The decoder holds a character back that the cut has halved.
        var isCut = utf8.Length > maxBytes;
        utf8 = isCut ? utf8[..maxBytes] : utf8;
        Span<char> characters = stackalloc char[maxBytes];
        return OnOneLine(characters[..Encoding.UTF8.GetDecoder().GetChars(utf8, characters, flush: false)], isCut);
    }

    private static string OnOneLine(Span<char> characters, bool isCut)
    {
        foreach (ref var character in characters)
        {
            character = char.IsControl(character) ? '\uFFFD' : character;
        }

        return isCut ? $"{characters}…" : characters.ToString();
    }
}
