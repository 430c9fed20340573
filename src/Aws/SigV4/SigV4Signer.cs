using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;

namespace PushGateway.Aws.SigV4;

/// <summary>
/// AWS Signature Version 4 in the Authorization header (IAM user guide, "Create a signed AWS API request"). It works for every service
/// except S3, which encodes paths differently.
/// </summary>
internal static class SigV4Signer
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string AmazonPrefix = "x-amz-";
    private const string TokenHeader = "x-amz-security-token";

    /// <summary>
    /// Adds <c>x-amz-date</c>, <c>x-amz-content-sha256</c> and <c>Authorization</c>, and <c>x-amz-security-token</c> with temporary
    /// credentials. The signature covers <c>host</c>, <c>content-type</c> and every <c>x-amz-</c> header. Other headers are not signed,
    /// because proxies may add or change them.
    /// </summary>
    public static void Sign(
        HttpRequestMessage request, string payloadHash, ImmutableCredentials credentials, string region, string service, DateTimeOffset now)
    {
        var uri = request.RequestUri ?? throw new InvalidOperationException("A request is signed for an absolute URI.");
        var time = now.ToUniversalTime().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        request.Headers.Remove(TokenHeader);
        var headers = ReadHeaders(request);
        headers["host"] = request.Headers.Host ?? uri.Authority;
        headers["x-amz-content-sha256"] = payloadHash;
        headers["x-amz-date"] = time;
        if (credentials.UseToken)
        {
            headers[TokenHeader] = credentials.Token;
        }

        var signedHeaders = string.Join(';', headers.Keys);
        var canonicalRequest = string.Join(
            '\n',
            [
                request.Method.Method,
                CanonicalPath(uri),
                CanonicalQuery(uri),
                .. headers.Select(header => $"{header.Key}:{header.Value}"),
                "",
                signedHeaders,
                payloadHash,
            ]);

        var scope = $"{time[..8]}/{region}/{service}/aws4_request";
        var stringToSign = $"{Algorithm}\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + credentials.SecretKey);
        foreach (var part in scope.Split('/'))
        {
            key = Hmac(key, part);
        }

        foreach (var (name, value) in headers)
        {
            if (name.StartsWith(AmazonPrefix, StringComparison.Ordinal))
            {
                Set(request, name, value);
            }
        }

        var signature = Convert.ToHexStringLower(Hmac(key, stringToSign));
        Set(request, "Authorization", $"{Algorithm} Credential={credentials.AccessKey}/{scope}, SignedHeaders={signedHeaders}, Signature={signature}");
    }

    /// <summary>"Include the host header, the content-type header, and any x-amz-* headers": those that the request already has.</summary>
    private static SortedDictionary<string, string> ReadHeaders(HttpRequestMessage request)
    {
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in request.Headers)
        {
            if (name.StartsWith(AmazonPrefix, StringComparison.OrdinalIgnoreCase))
            {
                headers[name.ToLowerInvariant()] = Trim(string.Join(',', values));
            }
        }

        if (request.Content?.Headers.TryGetValues("Content-Type", out var contentType) is true)
        {
            headers["content-type"] = Trim(string.Join(',', contentType));
        }

        return headers;
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    // Replaces the header, because a request that is sent again is signed again.
    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>
    /// "Each path segment must be URI-encoded twice". The URI is already encoded once, and its dot segments are resolved.
    /// </summary>
    private static string CanonicalPath(Uri uri) => string.Join('/', uri.AbsolutePath.Split('/').Select(Uri.EscapeDataString));

    /// <summary>"URI-encode each parameter name and value"; "sort the parameter names by character code point", then the values.</summary>
    private static string CanonicalQuery(Uri uri) => string.Join(
        '&',
        uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(parameter => parameter.Split('=', 2))
            .Select(pair => (Name: Encode(pair[0]), Value: pair.Length > 1 ? Encode(pair[1]) : ""))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
            .ThenBy(pair => pair.Value, StringComparer.Ordinal)
            .Select(pair => $"{pair.Name}={pair.Value}"));

    private static string Encode(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));

    /// <summary>"Remove any leading or trailing spaces; convert sequential spaces to a single space."</summary>
    private static string Trim(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
