using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Reflection;

namespace PushGateway.Sinks;

/// <summary>Sends protobuf requests over HTTP: one POST each, with a time limit of its own and a result for every failure.</summary>
public abstract class HttpSink : IMetricSink
{
    // Answers are short, but a collector's may join the errors of many requests.
    private const int MaxResponseBytes = 64 * 1024;

    private static readonly MediaTypeHeaderValue Protobuf = new("application/x-protobuf");
    private static readonly ProductInfoHeaderValue UserAgent = new("pushgateway", Version());

    private readonly ConcurrentBag<IRequestEncoder> _encoders = [];
    private readonly HttpClient _client;
    private readonly Uri _endpoint;
    private readonly TimeSpan _timeout;
    private readonly int _maxRequestBytes;
    private readonly TimeProvider _time;

    private protected HttpSink(HttpClient client, Uri endpoint, TimeSpan timeout, int maxRequestBytes, TimeSpan? maxSampleAge, TimeProvider? time)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maxRequestBytes, 0);
        if (!endpoint.IsAbsoluteUri || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"\"{endpoint}\" is not an absolute http or https URL", nameof(endpoint));
        }

        _client = client;
        _endpoint = endpoint;
        _timeout = timeout;
        _maxRequestBytes = maxRequestBytes;
        MaxSampleAge = maxSampleAge;
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public TimeSpan? MaxSampleAge { get; }

    /// <summary>The protocol's name in reasons.</summary>
    private protected abstract string Protocol { get; }

    /// <summary>
    /// The handler that a sink's <see cref="HttpClient"/> should end in. It follows no redirects: a POST that was turned into a GET, as
    /// 301 and 302 ask, would find a page, and its 200 would count as delivery.
    /// </summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,

        // A connection that lives for ever never sees that the name has moved to another address.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    /// <inheritdoc/>
    public async ValueTask<SentRequest> SendAsync(SampleRange samples, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_encoders.TryTake(out var encoder))
        {
            encoder = CreateEncoder();
        }

        EncodedRequest request;
        try
        {
            request = Encode(samples, ref encoder);
        }
        catch (OutOfMemoryException)
        {
            return new SentRequest(1, SinkResult.Retry($"{Protocol}: there is no memory for a request"));
        }

        if (request.Refusal is { } reason)
        {
            Return(encoder);
            return new SentRequest(request.Samples, SinkResult.Rejected($"{Protocol}: {reason}"));
        }

        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var result = await PostAsync(request.Body, either.Token);

            // Only now is it certain that nothing reads the encoder's memory any more.
            Return(encoder);
            return new SentRequest(request.Samples, result);
        }
        catch (Exception exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var failure = deadline.IsCancellationRequested
                ? $"{Protocol} timed out after {_timeout.TotalSeconds} s"
                : $"{Protocol} failed: {exception.GetBaseException().Message}";
            return new SentRequest(request.Samples, SinkResult.Retry(failure, reachedTarget: deadline.IsCancellationRequested || IsAfterConnecting(exception)));
        }
    }

    private protected abstract IRequestEncoder CreateEncoder();

    private protected abstract void AddHeaders(HttpRequestHeaders headers, HttpContentHeaders contentHeaders);

    private protected abstract SinkResult Classify(in SinkResponse response);

    // Before that, nothing of the request was sent: there was no credential, name or connection.
    private static bool IsAfterConnecting(Exception exception) => exception is HttpRequestException
    {
        HttpRequestError: not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError),
    };

    private void Return(IRequestEncoder encoder)
    {
        encoder.Trim(_maxRequestBytes);
        _encoders.Add(encoder);
    }

    private EncodedRequest Encode(SampleRange samples, ref IRequestEncoder encoder)
    {
        if (TryEncode(samples, ref encoder, out var request) is not { } fault)
        {
            return request;
        }

        // The sample that cannot be encoded lies behind the first `good` samples, and within the first `bad`.
        var (good, bad) = (0, samples.Samples.Length);
        while (bad - good > 1)
        {
            var middle = good + ((bad - good) / 2);
            if (TryEncode(samples with { Samples = samples.Samples[..middle] }, ref encoder, out request) is { } inner)
            {
                (bad, fault) = (middle, inner);
            }
            else if (request.Refusal is not null || request.Samples < middle)
            {
                return request;
            }
            else
            {
                good = middle;
            }
        }

        return good > 0
            ? encoder.Encode(samples with { Samples = samples.Samples[..good] }, _maxRequestBytes)
            : new EncodedRequest(default, 1, $"a sample cannot be encoded: {fault.Message}");
    }

    // Returns why the samples cannot be encoded. The encoder is then replaced, because nobody knows where it stopped.
    private Exception? TryEncode(SampleRange samples, ref IRequestEncoder encoder, out EncodedRequest request)
    {
        try
        {
            request = encoder.Encode(samples, _maxRequestBytes);
            return null;
        }
#pragma warning disable CA1031 // Whatever an encoder throws, only the sample that it threw for is lost.
        catch (Exception exception) when (exception is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            encoder = CreateEncoder();
            request = default;
            return exception;
        }
    }

    private static string Version()
    {
        var version = typeof(HttpSink).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        var commit = version.IndexOf('+', StringComparison.Ordinal);
        return commit < 0 ? version : version[..commit];
    }

    private async Task<SinkResult> PostAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = new ReadOnlyMemoryContent(body) };
        request.Headers.UserAgent.Add(UserAgent);
        request.Content.Headers.ContentType = Protobuf;
        AddHeaders(request.Headers, request.Content.Headers);

        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(MaxResponseBytes);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var length = await stream.ReadAtLeastAsync(
                buffer.AsMemory(0, MaxResponseBytes),
                MaxResponseBytes,
                throwOnEndOfStream: false,
                cancellationToken);
            return Classify(new SinkResponse((int)response.StatusCode, buffer.AsMemory(0, length), RetryAfter(response)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date - _time.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
