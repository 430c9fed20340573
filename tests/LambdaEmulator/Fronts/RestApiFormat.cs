using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace PushGateway.LambdaEmulator;

/// <summary>A REST API: payload format 1.0. Members without a value are null.</summary>
/// <param name="stage">The stage.</param>
/// <param name="binaryMediaTypes">Types that are not text.</param>
sealed class RestApiFormat(string stage, IReadOnlyList<string> binaryMediaTypes) : IFrontFormat
{
    const string ApiId = "f6e5d4c3b2";
    const string Anything = "*/*";

    static readonly string DomainName = $"{ApiId}.execute-api.{AwsAccount.Region}.amazonaws.com";

    // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html: these are renamed in responses.
    static readonly HashSet<string> Remapped = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Content-MD5", "Date", "Host", "Server", "User-Agent", "WWW-Authenticate",
    };

    public TimeSpan Timeout => TimeSpan.FromSeconds(29);

    public int MaxRequestBytes => 10 * 1024 * 1024;

    public FrontResponse? Refuse(FrontRequest request) => StagePath.TryStrip(request.RawPath, stage, out _)
        ? null
        : FrontResponse.Json(StatusCodes.Status403Forbidden, """{"message":"Forbidden"}""");

    public byte[] CreateEvent(FrontRequest request)
    {
        StagePath.TryStrip(request.RawPath, stage, out var path);
        var resource = path == "/" ? "/" : "/{proxy+}";
        var query = request.Query();
        var isBinary = IsBinary(request.Header("Content-Type"));
        return EventJson.Encode(new JsonObject
        {
            ["resource"] = resource,
            ["path"] = path,
            ["httpMethod"] = request.Method,
            ["headers"] = EventJson.Object(request.Headers, header => header.Name, header => header.Values[^1]),
            ["multiValueHeaders"] = EventJson.Object(request.Headers, header => header.Name, header => EventJson.Array(header.Values)),
            ["queryStringParameters"] = query.Count == 0 ? null : EventJson.Object(query, pair => pair.Key, pair => pair.Value[^1]),
            ["multiValueQueryStringParameters"] =
                query.Count == 0 ? null : EventJson.Object(query, pair => pair.Key, pair => EventJson.Array(pair.Value)),
            ["pathParameters"] = path == "/" ? null : new JsonObject { ["proxy"] = Uri.UnescapeDataString(path[1..]) },
            ["stageVariables"] = null,
            ["requestContext"] = Context(request, resource),
            ["body"] = request.Body.Length == 0 ? null : TextBody.Encode(request.Body, !isBinary),
            ["isBase64Encoded"] = request.Body.Length > 0 && isBinary,
        });
    }

    public FrontResponse? ReadResponse(FrontRequest request, ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var answer = document.RootElement;
            var status = ProxyResponse.Status(Number(answer.GetProperty("statusCode")));
            var headers = ProxyResponse.WithContentType(Headers(answer), "application/json");
            return new FrontResponse(status, [.. headers.Select(Remap)], Body(request, answer));
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    public FrontResponse Fail(FrontFailure failure) => failure switch
    {
        FrontFailure.Throttled => FrontResponse.Json(
            StatusCodes.Status500InternalServerError, """{"message": "Internal server error"}"""),
        FrontFailure.TimedOut => FrontResponse.Json(
            StatusCodes.Status504GatewayTimeout, """{"message": "Endpoint request timed out"}"""),
        FrontFailure.RequestTooLarge => FrontResponse.Json(
            StatusCodes.Status413PayloadTooLarge, """{"message":"Request Too Long"}"""),
        _ => FrontResponse.Json(StatusCodes.Status502BadGateway, """{"message": "Internal server error"}"""),
    };

    JsonObject Context(FrontRequest request, string resource) => new()
    {
        ["accountId"] = AwsAccount.Id,
        ["apiId"] = ApiId,
        ["domainName"] = DomainName,
        ["domainPrefix"] = ApiId,
        ["extendedRequestId"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(request.Id[..11])),
        ["httpMethod"] = request.Method,
        ["identity"] = new JsonObject
        {
            ["accessKey"] = null,
            ["accountId"] = null,
            ["caller"] = null,
            ["cognitoAuthenticationProvider"] = null,
            ["cognitoAuthenticationType"] = null,
            ["cognitoIdentityId"] = null,
            ["cognitoIdentityPoolId"] = null,
            ["principalOrgId"] = null,
            ["sourceIp"] = request.SourceIp,
            ["user"] = null,
            ["userAgent"] = request.UserAgent,
            ["userArn"] = null,
        },
        ["path"] = request.RawPath,
        ["protocol"] = request.Protocol,
        ["requestId"] = request.Id,
        ["requestTime"] = EventJson.LogTime(request.Time),
        ["requestTimeEpoch"] = request.Time.ToUnixTimeMilliseconds(),
        ["resourceId"] = "123456",
        ["resourcePath"] = resource,
        ["stage"] = stage,
    };

    bool IsBinary(string? mediaType) =>
        binaryMediaTypes.Contains(Anything)
        || (mediaType is not null && binaryMediaTypes.Contains(mediaType.Split(';')[0].Trim(), StringComparer.OrdinalIgnoreCase));

    // A base64 body is decoded only for a client whose first accepted type is a binary one.
    byte[] Body(FrontRequest request, JsonElement answer)
    {
        var text = ProxyResponse.Text(answer);
        return ProxyResponse.IsBase64(answer) && IsBinary(request.Header("Accept")?.Split(',')[0])
            ? Convert.FromBase64String(text)
            : Encoding.UTF8.GetBytes(text);
    }

    // When a name is in both, the values of multiValueHeaders are used.
    static List<(string Name, string Value)> Headers(JsonElement answer)
    {
        var multi = answer.TryGetProperty("multiValueHeaders", out var headers) && headers.ValueKind != JsonValueKind.Null
            ? headers.EnumerateObject()
                .SelectMany(header => header.Value.EnumerateArray().Select(value => (header.Name, ProxyResponse.Scalar(value))))
                .ToList()
            : [];
        var names = multi.Select(header => header.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. ProxyResponse.Headers(answer).Where(header => !names.Contains(header.Name)), .. multi];
    }

    static (string Name, string Value) Remap((string Name, string Value) header) =>
        Remapped.Contains(header.Name) ? ($"x-amzn-Remapped-{header.Name}", header.Value) : header;

    // REST APIs also accept a string of digits.
    static JsonElement Number(JsonElement status) =>
        status.ValueKind == JsonValueKind.String ? JsonElement.Parse(status.GetString()!) : status;
}
