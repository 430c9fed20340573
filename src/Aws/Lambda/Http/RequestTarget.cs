using System.Text;
using Microsoft.AspNetCore.Http;

namespace PushGateway.Aws.Lambda.Http;

/// <summary>The target of an event's request, as a server would see it that reads the request from the network.</summary>
/// <param name="Raw">
/// Path and query, percent-encoded. An HTTP API decodes the path, so its path is encoded again; a slash that was sent as %2F stays a slash.
/// </param>
/// <param name="PathBase">The stage, where the front includes it in the path; otherwise empty.</param>
/// <param name="Path">The path after the stage, decoded except for %2F.</param>
/// <param name="Query">The query with its question mark, percent-encoded; or empty.</param>
internal sealed record RequestTarget(string Raw, string PathBase, string Path, string Query)
{
    /// <exception cref="BadHttpRequestException">The path is not a valid path of an HTTP request.</exception>
    public static RequestTarget Of(HttpEvent http)
    {
        var path = FullPath(http);
        var query = QueryOf(http);
        var pathBase = StageOf(http, path);
        return new RequestTarget(path + query, pathBase, Decode(path[pathBase.Length..]), query);
    }

    private static string FullPath(HttpEvent http)
    {
        // A REST API leaves the stage out of the path.
        var path = http.ContextPath is { } full && http.Version != "2.0" && full.EndsWith(http.Path!, StringComparison.Ordinal) ? full : http.Path!;
        path = IsDecoded(http) ? new PathString(Rooted(path).Replace("%", "%25", StringComparison.Ordinal)).ToUriComponent() : path;
        return Rooted(path);
    }

    private static string Rooted(string path) => path.StartsWith('/') ? path : "/" + path;

    // HTTP APIs decode the path, in both payload formats. Function URLs, REST APIs (whose events have no version) and ALBs do not.
    private static bool IsDecoded(HttpEvent http) =>
        http.Version is "2.0" or "1.0" && http.DomainName?.Contains(".lambda-url.", StringComparison.OrdinalIgnoreCase) is false;

    // On a custom domain a mapping chooses the stage, and the path does not contain it.
    private static string StageOf(HttpEvent http, string path)
    {
        if (http.Stage is not { Length: > 0 } stage || http.DomainName?.Contains(".execute-api.", StringComparison.OrdinalIgnoreCase) is false)
        {
            return "";
        }

        var prefix = "/" + stage;
        return path.StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || path[prefix.Length] == '/') ? prefix : "";
    }

    private static string QueryOf(HttpEvent http)
    {
        if (http.RawQuery is { } raw)
        {
            return raw.Length > 0 ? "?" + raw : "";
        }

        // An ALB passes names and values as they were sent. API Gateway decodes them.
        var query = new StringBuilder();
        foreach (var (name, value) in http.Query)
        {
            query.Append(query.Length == 0 ? '?' : '&')
                .Append(http.FromLoadBalancer ? name : Uri.EscapeDataString(name))
                .Append('=')
                .Append(http.FromLoadBalancer ? value : Uri.EscapeDataString(value));
        }

        return query.ToString();
    }

    private static string Decode(string path)
    {
        try
        {
            return RemoveDotSegments(PathString.FromUriComponent(path).Value ?? "");
        }
        catch (InvalidOperationException exception)
        {
            throw new BadHttpRequestException(exception.Message, exception);
        }
    }

    // RFC 3986, 5.2.4. Kestrel, too, does it after decoding.
    private static string RemoveDotSegments(string path)
    {
        if (!path.Contains("/.", StringComparison.Ordinal))
        {
            return path;
        }

        var kept = new List<string>();
        var segments = path.Split('/');
        for (var i = 1; i < segments.Length; i++)
        {
            if (segments[i] is ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }

            if (segments[i] is not ("." or ".."))
            {
                kept.Add(segments[i]);
            }
            else if (i == segments.Length - 1)
            {
                kept.Add("");
            }
        }

        return "/" + string.Join('/', kept);
    }
}
