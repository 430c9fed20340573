using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PushGateway.LambdaEmulator;

/// <summary>Payload format 2.0 of function URLs and HTTP APIs.</summary>
static class PayloadV2
{
    /// <summary>The route of requests that match no other.</summary>
    internal const string DefaultRoute = "$default";

    /// <summary>Makes the event. Members without a value are left out.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">The path as the function sees it.</param>
    /// <param name="accountId">The account, or "anonymous".</param>
    /// <param name="domainName">The API's own host name. It begins with the API's id.</param>
    /// <param name="stage">The stage.</param>
    internal static byte[] CreateEvent(FrontRequest request, string path, string accountId, string domainName, string stage)
    {
        var isText = TextBody.IsText(request);
        var json = new JsonObject
        {
            ["version"] = "2.0",
            ["routeKey"] = DefaultRoute,
            ["rawPath"] = path,
            ["rawQueryString"] = request.RawQuery,
        };
        if (Cookies(request) is { Count: > 0 } cookies)
            json["cookies"] = cookies;
        json["headers"] = EventJson.Object(
            request.Headers.Where(header => !IsCookie(header.Name)),
            header => header.Name.ToLowerInvariant(),
            header => string.Join(',', header.Values));
        if (request.Query() is { Count: > 0 } query)
            json["queryStringParameters"] = EventJson.Object(query, pair => pair.Key, pair => string.Join(',', pair.Value));
        json["requestContext"] = Context(request, path, accountId, domainName, stage);
        if (request.Body.Length > 0)
            json["body"] = TextBody.Encode(request.Body, isText);
        json["isBase64Encoded"] = request.Body.Length > 0 && !isText;
        return EventJson.Encode(json);
    }

    /// <summary>
    /// Makes the response of an answer. JSON without <c>statusCode</c> is itself the body. Null when the answer is not JSON, or a member
    /// has another type than documented.
    /// </summary>
    internal static FrontResponse? ReadResponse(ReadOnlyMemory<byte> payload, string defaultContentType)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var answer = document.RootElement;
            if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("statusCode", out var status))
                return new FrontResponse(200, [("Content-Type", "application/json")], payload);

            var headers = ProxyResponse.Headers(answer).ToList();
            if (answer.TryGetProperty("cookies", out var cookies) && cookies.ValueKind != JsonValueKind.Null)
                headers.AddRange(cookies.EnumerateArray().Select(cookie => ("Set-Cookie", cookie.GetString()!)));
            var all = ProxyResponse.WithContentType(headers, defaultContentType);
            return new FrontResponse(ProxyResponse.Status(status), all, Body(answer));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    static byte[] Body(JsonElement answer)
    {
        var text = ProxyResponse.Text(answer);
        return ProxyResponse.IsBase64(answer) ? Convert.FromBase64String(text) : Encoding.UTF8.GetBytes(text);
    }

    static JsonObject Context(FrontRequest request, string path, string accountId, string domainName, string stage)
    {
        var id = domainName[..domainName.IndexOf('.', StringComparison.Ordinal)];
        return new()
        {
            ["accountId"] = accountId,
            ["apiId"] = id,
            ["domainName"] = domainName,
            ["domainPrefix"] = id,
            ["http"] = new JsonObject
            {
                ["method"] = request.Method,
                ["path"] = path,
                ["protocol"] = request.Protocol,
                ["sourceIp"] = request.SourceIp,
                ["userAgent"] = request.UserAgent,
            },
            ["requestId"] = request.Id,
            ["routeKey"] = DefaultRoute,
            ["stage"] = stage,
            ["time"] = EventJson.LogTime(request.Time),
            ["timeEpoch"] = request.Time.ToUnixTimeMilliseconds(),
        };
    }

    static JsonArray Cookies(FrontRequest request) => EventJson.Array(
        request.Headers
            .Where(header => IsCookie(header.Name))
            .SelectMany(header => header.Values)
            .SelectMany(line => line.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));

    static bool IsCookie(string name) => name.Equals("Cookie", StringComparison.OrdinalIgnoreCase);
}
