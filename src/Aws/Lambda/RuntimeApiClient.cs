using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using PushGateway.Buffers;

namespace PushGateway.Aws.Lambda;

/// <summary>
/// A client of Lambda's Runtime API, version 2018-06-01, at the address in <c>AWS_LAMBDA_RUNTIME_API</c>
/// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
/// </summary>
internal sealed class RuntimeApiClient : IDisposable
{
    private const string ErrorTypeHeader = "Lambda-Runtime-Function-Error-Type";

    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly MediaTypeHeaderValue ErrorJson = new("application/vnd.aws.lambda.error+json");

    // The reader is Lambda, not a browser: no character of HTML needs to be escaped.
    private static readonly JsonWriterOptions ErrorOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HttpClient _http;

    /// <param name="address">Host and port.</param>
    public RuntimeApiClient(string address)
    {
        // There is no timeout: the next event may be hours away, and the sandbox is frozen in between. The address is local, so no proxy is
        // used.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri($"http://{address}/2018-06-01/runtime/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Waits for the next event and reads it into <paramref name="buffer"/>.</summary>
    /// <exception cref="RuntimeApiException">The Runtime API cannot be reached or gave no event.</exception>
    public async Task<Invocation> NextAsync(PooledBuffer buffer, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "invocation/next");
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw Unusable(response, "the next event");
            }

            await ReadAsync(response.Content, buffer, cancellationToken);
            return new Invocation(
                Required(response, "Lambda-Runtime-Aws-Request-Id"),
                buffer.Written,
                ReadDeadline(response),
                Optional(response, "Lambda-Runtime-Trace-Id"));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new RuntimeApiException($"The Runtime API cannot be reached: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Answers an invocation. 202 means that the answer was taken, 413 that it is too large; with any other status it was not taken.
    /// </summary>
    /// <exception cref="RuntimeApiException">The Runtime API cannot be reached or answered 5xx.</exception>
    public Task<HttpStatusCode> RespondAsync(string requestId, ReadOnlyMemory<byte> response) =>
        PostAsync($"invocation/{requestId}/response", response, Json, errorType: null);

    /// <summary>Answers an invocation with an error. With any status but 202 the answer was not taken.</summary>
    /// <exception cref="RuntimeApiException">The Runtime API cannot be reached or answered 5xx.</exception>
    public Task<HttpStatusCode> FailAsync(string requestId, string errorType, string message) =>
        PostErrorAsync($"invocation/{requestId}/error", errorType, message);

    /// <summary>Reports that the function could not be initialised. The process must exit afterwards.</summary>
    /// <exception cref="RuntimeApiException">The Runtime API cannot be reached or answered 5xx.</exception>
    public Task<HttpStatusCode> FailInitAsync(string errorType, string message) => PostErrorAsync("init/error", errorType, message);

    public void Dispose() => _http.Dispose();

    private async Task<HttpStatusCode> PostErrorAsync(string path, string errorType, string message)
    {
        using var body = new PooledBuffer();
        using (var json = new Utf8JsonWriter(body, ErrorOptions))
        {
            json.WriteStartObject();
            json.WriteString("errorMessage"u8, message);
            json.WriteString("errorType"u8, errorType);
            json.WriteStartArray("stackTrace"u8);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return await PostAsync(path, body.Written, ErrorJson, errorType);
    }

    private async Task<HttpStatusCode> PostAsync(string path, ReadOnlyMemory<byte> body, MediaTypeHeaderValue contentType, string? errorType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = contentType;
        if (errorType is not null)
        {
            request.Headers.TryAddWithoutValidation(ErrorTypeHeader, errorType);
        }

        try
        {
            using var response = await _http.SendAsync(request);
            return (int)response.StatusCode < 500 ? response.StatusCode : throw Unusable(response, "the receipt of an answer");
        }
        catch (HttpRequestException exception)
        {
            throw new RuntimeApiException($"The Runtime API cannot be reached: {exception.Message}", exception);
        }
    }

    private static async Task ReadAsync(HttpContent content, PooledBuffer buffer, CancellationToken cancellationToken)
    {
        buffer.GetSpan((int)Math.Min(content.Headers.ContentLength ?? 0, int.MaxValue) + 1);
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        int read;
        while ((read = await stream.ReadAsync(buffer.GetMemory(), cancellationToken)) > 0)
        {
            buffer.Advance(read);
        }
    }

    private static DateTimeOffset ReadDeadline(HttpResponseMessage response) =>
        long.TryParse(Required(response, "Lambda-Runtime-Deadline-Ms"), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw new RuntimeApiException("The Runtime API's deadline is not a number of milliseconds.");

    private static string Required(HttpResponseMessage response, string header) =>
        Optional(response, header) ?? throw new RuntimeApiException($"The Runtime API's event has no {header}.");

    private static string? Optional(HttpResponseMessage response, string header) =>
        response.Headers.TryGetValues(header, out var values) && values.FirstOrDefault() is { Length: > 0 } value ? value : null;

    private static RuntimeApiException Unusable(HttpResponseMessage response, string purpose) =>
        new($"The Runtime API answered {(int)response.StatusCode} when asked for {purpose}.");
}
