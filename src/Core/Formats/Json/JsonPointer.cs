using System.Globalization;
using System.Text;

namespace PushGateway.Formats.Json;

/// <summary>Builds RFC 6901 JSON pointers.</summary>
public static class JsonPointer
{
    /// <summary>A longer name is not repeated to its sender: the pointer then ends at the object that holds it.</summary>
    public const int MaxNameBytes = 256;

    /// <summary>The pointer to the member <paramref name="name"/>, in UTF-8, of what <paramref name="parent"/> points to.</summary>
    public static string Append(string parent, ReadOnlySpan<byte> name) => name.Length > MaxNameBytes
        ? parent
        : $"{parent}/{Encoding.UTF8.GetString(name).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    /// <summary>The pointer to the element <paramref name="index"/> of what <paramref name="parent"/> points to.</summary>
    public static string Append(string parent, int index) => string.Create(CultureInfo.InvariantCulture, $"{parent}/{index}");
}
