using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace PushGateway.Testing;

/// <summary>Accepts everything that is exported by OTLP over HTTP, and keeps it.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    readonly HttpListener _listener = new();
    readonly ConcurrentQueue<(string Path, byte[] Body)> _requests = new();
    readonly Task _serving;

    OtlpCollector(string endpoint)
    {
        Endpoint = endpoint;
        _listener.Prefixes.Add(endpoint);
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>The value for <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public string Endpoint { get; }

    /// <summary>Starts on a free port.</summary>
    public static OtlpCollector Start() => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}/"));

    /// <summary>The bodies of the requests to a path.</summary>
    public IEnumerable<byte[]> Bodies(string path) => _requests.Where(request => request.Path == path).Select(request => request.Body);

    /// <summary>How often the bytes occur in the bodies of the requests to a path.</summary>
    public int Count(string path, ReadOnlyMemory<byte> bytes) => Bodies(path).Sum(body => body.AsSpan().Count(bytes.Span));

    /// <summary>Stops the collector.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _requests.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));

                // An empty body means that nothing was refused.
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
            {
                if (!_listener.IsListening)
                    return;
            }
        }
    }
}
