using System.Text;
using System.Text.Json.Nodes;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>What a function posted to the Runtime API.</summary>
/// <param name="Path">Below <c>/2018-06-01/runtime/</c>.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="ErrorType">The error type header.</param>
/// <param name="Body">The body.</param>
internal sealed record LambdaAnswer(string Path, string? ContentType, string? ErrorType, byte[] Body)
{
    public bool IsError => Path.EndsWith("/error", StringComparison.Ordinal);

    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>The sentence of an error.</summary>
    public string ErrorMessage => (string)Json["errorMessage"]!;

    /// <summary>The body of an HTTP response, base64 undone.</summary>
    public byte[] HttpBody => (bool)Json["isBase64Encoded"]!
        ? Convert.FromBase64String((string)Json["body"]!)
        : Encoding.UTF8.GetBytes((string)Json["body"]!);

    public string HttpText => Encoding.UTF8.GetString(HttpBody);

    public int HttpStatus => (int)Json["statusCode"]!;
}
