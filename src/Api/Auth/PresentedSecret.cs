using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace PushGateway.Api.Auth;

/// <summary>The name and the secret in an <c>Authorization</c> header.</summary>
/// <param name="Name">The name of a credential, which may not exist.</param>
/// <param name="Secret">The bytes of the secret as sent. Never empty.</param>
internal sealed record PresentedSecret(string Name, byte[] Secret)
{
    private const string Basic = "Basic";
    private const string Bearer = "Bearer";

    /// <summary>
    /// Reads HTTP Basic (RFC 7617), whose user name is the credential's name, or a Bearer token (RFC 6750) of the form <c>name.secret</c>.
    /// Returns false when the header is missing, occurs more than once, or is anything else.
    /// </summary>
    public static bool TryParse(StringValues authorization, [NotNullWhen(true)] out PresentedSecret? presented)
    {
        presented = null;
        if (authorization is not [{ } header] || header.IndexOf(' ', StringComparison.Ordinal) is not (> 0 and var space))
        {
            return false;
        }

        var scheme = header.AsSpan(0, space);
        var value = header.AsSpan(space).Trim(' ');
        presented = scheme.Equals(Basic, StringComparison.OrdinalIgnoreCase) ? ReadBasic(value)
            : scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase) ? ReadBearer(value)
            : null;
        return presented is not null;
    }

    private static PresentedSecret? ReadBasic(ReadOnlySpan<char> value)
    {
        var bytes = new byte[value.Length];
        if (!Convert.TryFromBase64Chars(value, bytes, out var written))
        {
            return null;
        }

        var colon = bytes.AsSpan(0, written).IndexOf((byte)':');
        return colon < 0 || colon == written - 1
            ? null
            : new PresentedSecret(Encoding.UTF8.GetString(bytes, 0, colon), bytes[(colon + 1)..written]);
    }

    // Without the name in front, the slow hash of every credential would have to be tried.
    private static PresentedSecret? ReadBearer(ReadOnlySpan<char> value)
    {
        var point = value.IndexOf('.');
        return point < 0 || point == value.Length - 1
            ? null
            : new PresentedSecret(value[..point].ToString(), Encoding.UTF8.GetBytes(value[(point + 1)..].ToString()));
    }
}
