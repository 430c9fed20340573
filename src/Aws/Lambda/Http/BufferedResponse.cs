using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using PushGateway.Buffers;

namespace PushGateway.Aws.Lambda.Http;

/// <summary>
/// The response to an HTTP event. The whole response is kept until the request is done, so that it can still be replaced when the
/// application fails half-way. To the application it behaves like Kestrel's: the first flush starts the response, and from then on the
/// status and the headers cannot be changed.
/// </summary>
internal sealed class BufferedResponse : IHttpResponseFeature, IHttpResponseBodyFeature, IDisposable
{
    private readonly Stack<(Func<object, Task> Callback, object State)> _onStarting = new();
    private readonly Stack<(Func<object, Task> Callback, object State)> _onCompleted = new();
    private readonly PooledBuffer _body = new();
    private HeaderDictionary _headers = [];
    private int _statusCode = StatusCodes.Status200OK;

    public BufferedResponse()
    {
        Writer = new BufferedResponseWriter(_body, StartAsync);
        Stream = Writer.AsStream(leaveOpen: true);
        Body = Stream;
    }

    /// <summary>The body so far.</summary>
    public ReadOnlyMemory<byte> Buffered => _body.Written;

    public PipeWriter Writer { get; }

    public Stream Stream { get; }

    public bool HasStarted { get; private set; }

    public string? ReasonPhrase { get; set; }

    public Stream Body { get; set; }

    public int StatusCode
    {
        get => _statusCode;
        set => _statusCode = HasStarted ? throw new InvalidOperationException("The status code cannot be set, the response has already started.") : value;
    }

    public IHeaderDictionary Headers
    {
        get => _headers;
        set => _headers = value as HeaderDictionary ?? new HeaderDictionary(value.ToDictionary());
    }

    public void OnStarting(Func<object, Task> callback, object state)
    {
        if (HasStarted)
        {
            throw new InvalidOperationException("OnStarting cannot be set, the response has already started.");
        }

        _onStarting.Push((callback, state));
    }

    public void OnCompleted(Func<object, Task> callback, object state) => _onCompleted.Push((callback, state));

    public void DisableBuffering()
    {
    }

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (HasStarted)
        {
            return;
        }

        // Callbacks run last in, first out. They may still change the headers, and the body has not begun.
        while (_onStarting.TryPop(out var entry))
        {
            await entry.Callback(entry.State);
        }

        HasStarted = true;
        _headers.IsReadOnly = true;
    }

    public Task CompleteAsync() => StartAsync();

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    /// <summary>Replaces the response by another one. The callbacks registered for its start are dropped.</summary>
    public void Replace(int statusCode, string text)
    {
        _onStarting.Clear();
        _headers = [];
        if (text.Length > 0)
        {
            Headers.ContentType = "text/plain; charset=utf-8";
        }

        _statusCode = statusCode;
        _body.Reset();
        Encoding.UTF8.GetBytes(text, _body);
    }

    /// <summary>Runs every callback registered for the completed response, even when others throw.</summary>
    /// <param name="report">Receives the exceptions that they throw.</param>
    public async Task CompletedAsync(Action<Exception> report)
    {
        while (_onCompleted.TryPop(out var entry))
        {
            try
            {
                await entry.Callback(entry.State);
            }
#pragma warning disable CA1031 // The response stands, and the other callbacks still have resources to release.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                report(exception);
            }
        }
    }

    public void Dispose() => _body.Dispose();
}
