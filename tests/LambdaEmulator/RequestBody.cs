using Microsoft.AspNetCore.Http;

namespace PushGateway.LambdaEmulator;

/// <summary>Reads whole request bodies.</summary>
static class RequestBody
{
    const int ChunkLength = 64 * 1024;

    /// <summary>Reads the body. Returns null as soon as it is longer than the limit.</summary>
    internal static async Task<byte[]?> ReadAsync(HttpRequest request, int limit)
    {
        if (request.ContentLength > limit)
            return null;
        using var body = new MemoryStream();
        var chunk = new byte[ChunkLength];
        while (await request.Body.ReadAsync(chunk, request.HttpContext.RequestAborted) is var length and > 0)
        {
            if (body.Length + length > limit)
                return null;
            body.Write(chunk, 0, length);
        }

        return body.ToArray();
    }
}
