using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace PushGateway.Push;

/// <summary>Decodes percent-encoded UTF-8 (RFC 3986) strictly.</summary>
public static class PercentEncoding
{
    /// <summary>
    /// Decodes once. Returns false when two hexadecimal digits do not follow a percent sign, or when the result is not UTF-8. A plus sign
    /// is literal.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<char> raw, out string decoded)
    {
        var bytes = new ArrayBufferWriter<byte>(raw.Length + 1);
        decoded = "";
        while (!raw.IsEmpty)
        {
            if (raw[0] != '%')
            {
                var literal = raw.IndexOf('%') is var next and >= 0 ? raw[..next] : raw;
                Encoding.UTF8.GetBytes(literal, bytes);
                raw = raw[literal.Length..];
                continue;
            }

            if (raw.Length < 3 || !char.IsAsciiHexDigit(raw[1]) || !char.IsAsciiHexDigit(raw[2]))
            {
                return false;
            }

            bytes.Write(Convert.FromHexString(raw[1..3]));
            raw = raw[3..];
        }

        if (!Utf8.IsValid(bytes.WrittenSpan))
        {
            return false;
        }

        decoded = Encoding.UTF8.GetString(bytes.WrittenSpan);
        return true;
    }
}
