using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace PushGateway.Aws.Lambda.Http;

/// <summary>The request side of an HTTP event.</summary>
internal sealed class EventRequest
    : IHttpRequestFeature, IHttpRequestBodyDetectionFeature, IRequestBodyPipeFeature, IHttpRequestIdentifierFeature, IHttpConnectionFeature
{
    private readonly Stream _ownStream;
    private PipeReader _reader;
    private Stream _readerOf;

    /// <param name="http">The event. It must outlive the request.</param>
    /// <param name="target">Its target.</param>
    /// <param name="requestId">The invocation's id.</param>
    public EventRequest(HttpEvent http, RequestTarget target, string requestId)
    {
        (RawTarget, PathBase, Path, QueryString) = target;
        Method = http.Method!;
        Protocol = http.Protocol ?? HttpProtocol.Http11;
        Headers = http.Headers;
        Scheme = http.Headers["X-Forwarded-Proto"] is [{ } forwarded] && forwarded.Equals("http", StringComparison.OrdinalIgnoreCase) ? "http" : "https";
        TraceIdentifier = requestId;
        ConnectionId = requestId;
        RemoteIpAddress = SourceOf(http);
        CanHaveBody = http.Body.Written.Length > 0;
        BodyReader = new EventBodyReader(http.Body.Written);
        (_reader, Body) = (BodyReader, BodyReader.AsStream());
        _readerOf = _ownStream = Body;
        Complete(http);
    }

    public EventBodyReader BodyReader { get; }

    public string Protocol { get; set; }

    public string Scheme { get; set; }

    public string Method { get; set; }

    public string PathBase { get; set; }

    public string Path { get; set; }

    public string QueryString { get; set; }

    public string RawTarget { get; set; }

    public IHeaderDictionary Headers { get; set; }

    public Stream Body { get; set; }

    public bool CanHaveBody { get; }

    public string TraceIdentifier { get; set; }

    public string ConnectionId { get; set; }

    public IPAddress? RemoteIpAddress { get; set; }

    public IPAddress? LocalIpAddress { get; set; }

    public int RemotePort { get; set; }

    public int LocalPort { get; set; }

    // When middleware has replaced the body stream, the pipe reads the new stream.
    PipeReader IRequestBodyPipeFeature.Reader
    {
        get
        {
            if (!ReferenceEquals(_readerOf, Body))
            {
                _reader = ReferenceEquals(Body, _ownStream) ? BodyReader : PipeReader.Create(Body, new StreamPipeReaderOptions(leaveOpen: true));
                _readerOf = Body;
            }

            return _reader;
        }
    }

    // Makes the headers match the event: API Gateway removes chunked encoding, and may leave out Content-Length and Host.
    private static void Complete(HttpEvent http)
    {
        http.Headers.TransferEncoding = default;
        if (http.HasBody || http.Headers.ContentLength is not null)
        {
            http.Headers.ContentLength = http.Body.Written.Length;
        }

        if (http.Headers.Host.Count == 0 && http.DomainName is { Length: > 0 } host)
        {
            http.Headers.Host = host;
        }
    }

    // An ALB gives the client's address only in this header, as the last one.
    private static IPAddress? SourceOf(HttpEvent http)
    {
        var source = http.SourceIp ?? http.Headers["X-Forwarded-For"].ToString().Split(',')[^1].Trim();
        return IPAddress.TryParse(source, out var address) ? address : null;
    }
}
