using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace PushGateway.LambdaEmulator;

/// <summary>A request in the form that a front passes on.</summary>
sealed class FrontRequest
{
    // Headers that concern only one connection, and Expect, which the front answers itself.
    static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Expect", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    internal FrontRequest(HttpContext context, byte[] body)
    {
        var request = context.Request;
        Method = request.Method;
        Protocol = request.Protocol;
        SourceIp = (context.Connection.RemoteIpAddress ?? IPAddress.Loopback).ToString();
        UserAgent = request.Headers.UserAgent.ToString();
        Trace = TraceHeader.Continue(request.Headers["X-Amzn-Trace-Id"]);
        Body = body;
        (RawPath, RawQuery) = Split(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        Headers = ReadHeaders(request);
    }

    internal string Id { get; } = Guid.NewGuid().ToString();

    internal DateTimeOffset Time { get; } = DateTimeOffset.UtcNow;

    internal TraceHeader Trace { get; }

    internal string Method { get; }

    internal string Protocol { get; }

    internal string SourceIp { get; }

    internal string UserAgent { get; }

    /// <summary>The path as received, not decoded.</summary>
    internal string RawPath { get; }

    /// <summary>The query as received, without the question mark.</summary>
    internal string RawQuery { get; }

    /// <summary>The headers. Each name occurs once, with the values of all its lines in order.</summary>
    internal IReadOnlyList<(string Name, string[] Values)> Headers { get; }

    /// <summary>The body; empty when there is none.</summary>
    internal byte[] Body { get; }

    internal string? Header(string name) =>
        Headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Values?[^1];

    /// <summary>The decoded parameters of the query. Each name occurs once.</summary>
    internal Dictionary<string, string[]> Query() =>
        QueryHelpers.ParseQuery(RawQuery).ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToArray()!)!;

    List<(string Name, string[] Values)> ReadHeaders(HttpRequest request)
    {
        var headers = request.Headers
            .Where(header => !HopByHop.Contains(header.Key))
            .Select(header => (header.Key, header.Value.ToArray()!))
            .ToList();
        headers.RemoveAll(header => header.Key.Equals("X-Amzn-Trace-Id", StringComparison.OrdinalIgnoreCase)
            || header.Key.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase));
        if (request.ContentLength is null && Body.Length > 0)
            headers.Add(("Content-Length", [Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)]));
        var forwarded = request.Headers["X-Forwarded-For"].Append(SourceIp);
        headers.Add(("X-Forwarded-For", [string.Join(", ", forwarded)]));
        headers.Add(("X-Forwarded-Port", ["443"]));
        headers.Add(("X-Forwarded-Proto", ["https"]));
        headers.Add(("X-Amzn-Trace-Id", [$"Root={Trace.Root}"]));
        return headers!;
    }

    // RFC 9112, 3.2: a path and a query, or a whole URL.
    static (string Path, string Query) Split(string target)
    {
        if (!target.StartsWith('/') && target.IndexOf("://", StringComparison.Ordinal) is var scheme and > 0)
        {
            var path = target.IndexOf('/', scheme + "://".Length);
            target = path < 0 ? "/" : target[path..];
        }

        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? (target, "") : (target[..query], target[(query + 1)..]);
    }
}
