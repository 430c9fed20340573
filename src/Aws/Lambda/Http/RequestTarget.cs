using System.Text;
using Microsoft.AspNetCore.Http;

namespace PushGateway.Aws.Lambda.Http;

/// <summary>What an event's request is for, in the terms of a server that read it off the wire.</summary>
/// <param name="Raw">Path and query, not decoded. Where an HTTP API has decoded the path, it is encoded anew: a slash that was %2F stays lost.</param>
/// <param name="PathBase">The stage, where the front names it in its paths.</param>
/// <param name="Path">What follows the stage, decoded but for %2F.</param>
/// <param name="Query">With its question mark, not decoded; or empty.</param>
internal sealed record RequestTarget(string Raw, string PathBase, string Path, string Query)
{
    /// <exception cref="BadHttpRequestException">No server would take such a path.</exception>
    public static RequestTarget Of(HttpEvent http)
    {
        var path = FullPath(http);
        var query = QueryOf(http);
        var pathBase = StageOf(http, path);
        return new RequestTarget(path + query, pathBase, Decode(path[pathBase.Length..]), query);
    }

    private static string FullPath(HttpEvent http)
    {
        // A REST API's path is without the stage.
        var path = http.ContextPath is { } full && http.Version != "2.0" && full.EndsWith(http.Path!, StringComparison.Ordinal) ? full : http.Path!;
        path = IsDecoded(http) ? new PathString(Rooted(path).Replace("%", "%25", StringComparison.Ordinal)).ToUriComponent() : path;
        return Rooted(path);
    }

    private static string Rooted(string path) => path.StartsWith('/') ? path : "/" + path;

    // HTTP APIs decode the path, of either payload format. Function URLs, REST APIs (whose events name no version) and ALBs do not.
    private static bool IsDecoded(HttpEvent http) =>
        http.Version is "2.0" or "1.0" && http.DomainName?.Contains(".lambda-url.", StringComparison.OrdinalIgnoreCase) is false;

    // On a domain of one's own the stage is chosen by a mapping, which is not in the path.
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

        // An ALB passes names and values as they were sent; API Gateway has decoded them.
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

    // RFC 3986, 5.2.4, as Kestrel does it after decoding.
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
