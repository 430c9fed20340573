using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace PushGateway.LambdaEmulator;

/// <summary>A request as a front passes it on.</summary>
sealed class FrontRequest
{
    // What concerns one connection, and the answer to which a front gives itself.
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

    /// <summary>As it came: nothing is decoded.</summary>
    internal string RawPath { get; }

    /// <summary>As it came, without the question mark.</summary>
    internal string RawQuery { get; }

    /// <summary>Each name once, with the lines that it came in, in their order.</summary>
    internal IReadOnlyList<(string Name, string[] Values)> Headers { get; }

    /// <summary>Empty when there is none.</summary>
    internal byte[] Body { get; }

    internal string? Header(string name) =>
        Headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Values?[^1];

    /// <summary>The parameters of the query, decoded, each name once.</summary>
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
