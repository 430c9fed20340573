using System.Text;

namespace PushGateway.Push;

/// <summary>The part of a sender's text that an error message repeats: long enough to find it, on one line.</summary>
internal static class Excerpt
{
    private const int MaxLength = 32;

    public static string Of(string text)
    {
        var end = text.Length <= MaxLength ? text.Length : MaxLength - (char.IsHighSurrogate(text[MaxLength - 1]) ? 1 : 0);
        var excerpt = new StringBuilder(text, 0, end, MaxLength + 1);
        for (var i = 0; i < end; i++)
        {
            excerpt[i] = char.IsControl(excerpt[i]) ? '\uFFFD' : excerpt[i];
        }

        return (end < text.Length ? excerpt.Append('…') : excerpt).ToString();
    }
}
