using Microsoft.AspNetCore.Http;
using PushGateway.Buffers;

namespace PushGateway.Aws.Lambda.Http;

/// <summary>An HTTP request as an event describes it, in payload format 2.0 or 1.0. Owns its body.</summary>
internal sealed class HttpEvent : IDisposable
{
    private readonly PooledBuffer _body = new();

    /// <summary><c>2.0</c>; <c>1.0</c> from an HTTP API; null from a REST API or an ALB.</summary>
    public string? Version { get; set; }

    public string? Method { get; set; }

    /// <summary><c>rawPath</c> of 2.0, <c>path</c> of 1.0.</summary>
    public string? Path { get; set; }

    /// <summary><c>requestContext.path</c> of 1.0. It includes the stage, which a REST API leaves out of <c>path</c>.</summary>
    public string? ContextPath { get; set; }

    /// <summary><c>rawQueryString</c> of 2.0, without the question mark.</summary>
    public string? RawQuery { get; set; }

    /// <summary>The names and values of 1.0's query, in order.</summary>
    public List<KeyValuePair<string, string>> Query { get; } = [];

    public IHeaderDictionary Headers { get; } = new HeaderDictionary();

    public string? Protocol { get; set; }

    public string? SourceIp { get; set; }

    public string? Stage { get; set; }

    public string? DomainName { get; set; }

    /// <summary>Whether an Application Load Balancer sent it.</summary>
    public bool FromLoadBalancer { get; set; }

    /// <summary>Whether the headers came as lists (<c>multiValueHeaders</c>).</summary>
    public bool HasHeaderLists { get; set; }

    public bool HasBody { get; set; }

    /// <summary>The body. Once the event is read, it is decoded from base64.</summary>
    public PooledBuffer Body => _body;

    public ResponseForm ResponseForm => Version == "2.0" ? ResponseForm.Joined : HasHeaderLists ? ResponseForm.Lists : ResponseForm.Single;

    public void Dispose() => _body.Dispose();
}
