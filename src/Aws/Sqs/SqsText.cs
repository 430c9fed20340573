using System.Buffers;
using System.Text;

namespace PushGateway.Aws.Sqs;

/// <summary>
/// The text that SQS allows in bodies and attribute values: #x9, #xA, #xD, #x20 to #xD7FF, #xE000 to #xFFFD and #x10000 to #x10FFFF (SQS
/// API reference, <c>SendMessage</c>, <c>MessageBody</c>).
/// </summary>
internal static class SqsText
{
    private static readonly SearchValues<char> Illegal = SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000b\u000c\u000e\u000f\u0010\u0011\u0012\u0013\u0014"
        + "\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\ufffe\uffff");

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The body as text.</summary>
    /// <exception cref="ArgumentException">It is not UTF-8, is empty, or holds a character that SQS refuses.</exception>
    public static string Decode(ReadOnlySpan<byte> body)
    {
        // Strict decoding leaves no lone surrogate. Only control characters and the two non-characters remain to be found.
        var text = Strict.GetString(body);
        return text.Length > 0 && !text.AsSpan().ContainsAny(Illegal)
            ? text
            : throw new ArgumentException("The body of an SQS message must be text without control characters, and not empty.", nameof(body));
    }

    /// <summary>
    /// Replaces every character that SQS refuses by U+FFFD, and cuts the text at a character to <paramref name="maxBytes"/> of UTF-8.
    /// </summary>
    public static string Clean(string text, int maxBytes)
    {
        var clean = new StringBuilder(Math.Min(text.Length, maxBytes));
        foreach (var rune in text.EnumerateRunes())
        {
            var legal = rune.IsBmp && Illegal.Contains((char)rune.Value) ? Rune.ReplacementChar : rune;
            if ((maxBytes -= legal.Utf8SequenceLength) < 0)
            {
                break;
            }

            clean.Append(legal.ToString());
        }

        return clean.ToString();
    }
}
