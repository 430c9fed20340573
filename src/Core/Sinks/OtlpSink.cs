using System.Net.Http.Headers;

namespace PushGateway.Sinks;

/// <summary>
/// Delivers by OTLP/HTTP, protobuf encoded: to a collector that writes on to Prometheus before it answers, or to any receiver.
/// </summary>
/// <param name="client">
/// Ends in <see cref="HttpSink.CreateHandler"/>. Its own timeout should be longer than the options'. Not disposed.
/// </param>
/// <param name="options">Options.</param>
/// <param name="time">Clock of the time limit and of <c>Retry-After</c> dates.</param>
public sealed class OtlpSink(HttpClient client, OtlpSinkOptions options, TimeProvider? time = null)
    : HttpSink(client, options.Endpoint, options.Timeout, options.MaxRequestBytes, options.MaxSampleAge, time)
{
    private protected override string Protocol => "OTLP";

    private protected override IRequestEncoder CreateEncoder() => new OtlpEncoder(options.Gzip);

    private protected override void AddHeaders(HttpRequestHeaders headers, HttpContentHeaders contentHeaders)
    {
        if (options.Gzip)
        {
            contentHeaders.ContentEncoding.Add("gzip");
        }

        foreach (var (name, value) in options.Headers)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }

    private protected override SinkResult Classify(in SinkResponse response)
    {
        var body = response.Body.Span;
        if (response.IsSuccess)
        {
            var (rejected, message) = OtlpResponse.PartialSuccess(body);
            return rejected > 0
                ? SinkResult.Rejected($"OTLP partial success: {rejected} data points rejected: {message}", SinkResponse.SaysOutOfOrder(body), SinkResponse.SaysDuplicate(body))
                : SinkResult.Delivered;
        }

        var reason = response.Describe(Protocol, OtlpResponse.StatusMessage(body));
        var isFinal = OtlpResponse.RemoteWriteVerdict(body) ?? SinkResponse.IsFinal(response.StatusCode);
        return isFinal
            ? SinkResult.Rejected(reason, SinkResponse.SaysOutOfOrder(body), SinkResponse.SaysDuplicate(body))
            : SinkResult.Retry(reason, response.RetryAfter, SinkResponse.ReachedTarget(response.StatusCode));
    }
}
