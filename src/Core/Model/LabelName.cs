using System.Buffers;

namespace PushGateway.Model;

/// <summary>Label names as Prometheus' data model has them: <c>[a-zA-Z_][a-zA-Z0-9_]*</c>.</summary>
public static class LabelName
{
    private static readonly SearchValues<byte> Legal =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);

    /// <summary>Whether the name is legal.</summary>
    public static bool IsLegal(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && !char.IsAsciiDigit((char)name[0]) && !name.ContainsAnyExcept(Legal);
}
