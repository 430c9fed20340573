using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>A request as the application sees it.</summary>
internal sealed record SeenRequest(
    string Method, string RawTarget, string PathBase, string Path, string Query, string Scheme, string Host, string? Source, bool CanHaveBody, byte[] Body)
{
    public required Dictionary<string, string[]> Headers { get; init; }

    public required long? ContentLength { get; init; }

    public static async Task<SeenRequest> OfAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.BodyReader.CopyToAsync(body);
        return new SeenRequest(
            http.Request.Method,
            http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            http.Request.PathBase.Value ?? "",
            http.Request.Path.Value ?? "",
            http.Request.QueryString.Value ?? "",
            http.Request.Scheme,
            http.Request.Host.Value ?? "",
            http.Connection.RemoteIpAddress?.ToString(),
            http.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody,
            body.ToArray())
        {
            Headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToArray()!, StringComparer.OrdinalIgnoreCase)!,
            ContentLength = http.Request.ContentLength,
        };
    }
}
