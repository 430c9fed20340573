using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using PushGateway.Buffers;

namespace PushGateway.Aws.Lambda.Http;

/// <summary>
/// The response side of an HTTP event: all of it is kept until the request is done, so that what fails half-way can still be replaced.
/// To the application it looks as Kestrel's does: the first flush starts it, and then status and headers stand.
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

        // Last come, first called. They may still change the headers, and the body is not yet begun.
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

    /// <summary>Puts another response in place of whatever there is. What was to be called on its start is not.</summary>
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

    /// <summary>Calls what was to be called once the response is complete: each, whatever the others throw.</summary>
    /// <param name="report">Is told what they throw.</param>
    public async Task CompletedAsync(Action<Exception> report)
    {
        while (_onCompleted.TryPop(out var entry))
        {
            try
            {
                await entry.Callback(entry.State);
            }
#pragma warning disable CA1031 // The response stands; the other callbacks have things to release.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                report(exception);
            }
        }
    }

    public void Dispose() => _body.Dispose();
}
