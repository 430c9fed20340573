using System.IO.Compression;
using System.Net.Http.Headers;
using Google.Protobuf;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using PushGateway.Reference.Otlp;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// The collector layer in one sandbox. It accepts OTLP over HTTP and answers only after the target has answered. Traces are accepted and
/// dropped. It is frozen together with the sandbox.
/// </summary>
sealed class CollectorLayer : IAsyncDisposable
{
    const string Protobuf = "application/x-protobuf";
    const int MaxRequestBytes = 20 * 1024 * 1024;

    readonly CollectorOptions _options;
    readonly FreezeGate _gate = new();
    readonly HttpClient _client;
    LoopbackServer _server = null!;

    CollectorLayer(CollectorOptions options)
    {
        _options = options;
        _client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            PlaintextStreamFilter = (context, _) => new(new FreezableStream(context.PlaintextStream, context.PlaintextStream, _gate)),
        })
        {
            Timeout = options.Timeout,
        };
    }

    /// <summary>The value for <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    internal Uri Endpoint => _server.Address;

    internal static async Task<CollectorLayer> StartAsync(CollectorOptions options)
    {
        var layer = new CollectorLayer(options);
        layer._server = await LoopbackServer.StartAsync(layer.HandleAsync, listen => listen.Use(layer.Freezable));
        return layer;
    }

    internal void Freeze() => _gate.Freeze();

    internal void Thaw() => _gate.Thaw();

    /// <summary>Stops the layer. What it holds is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        // Without a thaw, waiting connections would wait for ever.
        _gate.Thaw();
        _client.Dispose();
        await _server.DisposeAsync();
    }

    ConnectionDelegate Freezable(ConnectionDelegate next) => async connection =>
    {
        var socket = connection.Transport;
        var stream = new FreezableStream(socket.Input.AsStream(), socket.Output.AsStream(), _gate);
        var pipe = new DuplexPipe(stream);
        connection.Transport = pipe;
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = socket;
            await pipe.DisposeAsync();
        }
    };

    async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Method != HttpMethods.Post || request.Path.Value is not ("/v1/metrics" or "/v1/traces"))
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || type.MediaType != Protobuf)
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        else if (await RequestBody.ReadAsync(request, MaxRequestBytes) is not { } body)
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        else if (request.Path == "/v1/traces")
            await AnswerAsync(context, StatusCodes.Status200OK, []);
        else if (await ForwardAsync(request, body) is { } failure)
            await AnswerAsync(context, StatusCodes.Status500InternalServerError, CollectorError.Encode(failure));
        else
            await AnswerAsync(context, StatusCodes.Status200OK, new ExportMetricsServiceResponse().ToByteArray());
    }

    /// <summary>
    /// Forwards a request once. Without retries this is the harshest behaviour that the exporter can be configured to have.
    /// </summary>
    /// <returns>The error in the collector's words; null on success.</returns>
    async Task<string?> ForwardAsync(HttpRequest request, byte[] body)
    {
        using var message = _options.Protocol == CollectorProtocol.Otlp ? AsItCame(request, body) : RemoteWrite(request, body);
        if (message is null)
            return null;
        try
        {
            using var response = await _client.SendAsync(message);
            return response.IsSuccessStatusCode
                ? null
                : CollectorError.Describe(response.StatusCode, response.ReasonPhrase, await response.Content.ReadAsByteArrayAsync());
        }
        catch (HttpRequestException exception)
        {
            return CollectorError.Describe(_options.Target, exception.Message);
        }
        catch (TaskCanceledException)
        {
            return CollectorError.Describe(_options.Target, "context deadline exceeded");
        }
    }

    HttpRequestMessage AsItCame(HttpRequest request, byte[] body) => Message(body, [.. request.Headers.ContentEncoding]);

    HttpRequestMessage? RemoteWrite(HttpRequest request, byte[] body)
    {
        if (RemoteWriteTranslation.Translate(Decompress(request, body)) is not { } translated)
            return null;
        var message = Message(translated, ["snappy"]);
        message.Headers.Add("X-Prometheus-Remote-Write-Version", "0.1.0");
        return message;
    }

    HttpRequestMessage Message(byte[] body, string?[] encodings)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new(Protobuf);
        foreach (var encoding in encodings)
            content.Headers.ContentEncoding.Add(encoding!);
        return new HttpRequestMessage(HttpMethod.Post, _options.Target) { Content = content };
    }

    static byte[] Decompress(HttpRequest request, byte[] body)
    {
        if (request.Headers.ContentEncoding.Count == 0)
            return body;
        using var decompressed = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress))
            gzip.CopyTo(decompressed);
        return decompressed.ToArray();
    }

    static async Task AnswerAsync(HttpContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = Protobuf;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
