using System.Text.Json;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// Reads the members that response formats 1.0 and 2.0 share. A member of another type than documented throws
/// <see cref="InvalidOperationException"/>.
/// </summary>
static class ProxyResponse
{
    internal static int Status(JsonElement status)
    {
        var number = status.GetInt32();
        return number is >= 200 and <= 599 ? number : throw new InvalidOperationException($"{number} is no status of a response.");
    }

    internal static IEnumerable<(string Name, string Value)> Headers(JsonElement answer) =>
        answer.TryGetProperty("headers", out var headers) && headers.ValueKind != JsonValueKind.Null
            ? headers.EnumerateObject().Select(header => (header.Name, Scalar(header.Value)))
            : [];

    internal static string Text(JsonElement answer) => answer.TryGetProperty("body", out var body) ? body.GetString() ?? "" : "";

    internal static bool IsBase64(JsonElement answer) =>
        answer.TryGetProperty("isBase64Encoded", out var encoded) && encoded.ValueKind != JsonValueKind.Null && encoded.GetBoolean();

    internal static IReadOnlyList<(string Name, string Value)> WithContentType(
        List<(string Name, string Value)> headers, string contentType)
    {
        if (!headers.Exists(header => header.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)))
            headers.Add(("Content-Type", contentType));
        return headers;
    }

    internal static string Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw new InvalidOperationException($"A header is {value.ValueKind}."),
    };
}
