using System.Buffers;
using System.Globalization;
using System.Text;

namespace PushGateway.Wire;

/// <summary>Quotes text as Go's <c>%q</c> does, because expfmt's error messages quote that way.</summary>
/// <remarks>
/// Which characters are printable depends on the Unicode version. .NET may know characters that the Go version of a Pushgateway does not
/// know.
/// </remarks>
internal static class GoQuote
{
    // expfmt quotes the whole token. Here a person reads the excerpt, so it is cut.
    private const int MaxBytes = 100;

    /// <summary>
    /// A double-quoted string. Bytes that are not UTF-8 become <c>\x</c> escapes. A long text is cut and followed by dots.
    /// </summary>
    public static string Quote(ReadOnlySpan<byte> text)
    {
        var quoted = new StringBuilder(Math.Min(text.Length, MaxBytes) + 2).Append('"');
        var rest = text.Length <= MaxBytes ? text : text[..CutAt(text)];
        var cut = rest.Length < text.Length;
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(rest, out var rune, out var length) == OperationStatus.Done)
            {
                AppendEscaped(quoted, rune, '"');
            }
            else
            {
                // Go steps over one byte at a time; .NET would take the longest invalid sequence.
                length = 1;
                quoted.Append(CultureInfo.InvariantCulture, $@"\x{rest[0]:x2}");
            }

            rest = rest[length..];
        }

        return quoted.Append(cut ? "\"..." : "\"").ToString();
    }

    /// <summary>A single-quoted character: the byte as a code point.</summary>
    public static string Quote(byte character)
    {
        var quoted = new StringBuilder().Append('\'');
        AppendEscaped(quoted, new Rune((char)character), '\'');
        return quoted.Append('\'').ToString();
    }

    private static int CutAt(ReadOnlySpan<byte> text)
    {
        var at = MaxBytes;
        while (at > MaxBytes - 4 && (text[at] & 0b1100_0000) == 0b1000_0000)
        {
            at--;
        }

        return at;
    }

    private static void AppendEscaped(StringBuilder quoted, Rune rune, char quote)
    {
        if (rune.Value == quote || rune.Value == '\\')
        {
            quoted.Append('\\').Append((char)rune.Value);
        }
        else if (IsPrint(rune))
        {
            quoted.Append(rune.ToString());
        }
        else
        {
            quoted.Append(Escape(rune.Value));
        }
    }

    private static string Escape(int value) => value switch
    {
        '\a' => @"\a",
        '\b' => @"\b",
        '\f' => @"\f",
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        '\v' => @"\v",
        < ' ' or 0x7f => string.Create(CultureInfo.InvariantCulture, $@"\x{value:x2}"),
        < 0x10000 => string.Create(CultureInfo.InvariantCulture, $@"\u{value:x4}"),
        _ => string.Create(CultureInfo.InvariantCulture, $@"\U{value:x8}"),
    };

    // As unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space.
    private static bool IsPrint(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator => false,
        _ => true,
    };
}
