using System.Net.Http.Headers;

namespace PushGateway.Sinks;

/// <summary>
/// Delivers by Prometheus remote write 1.0. 400 and its like are final, as the specification has it; throttling, failures and mistakes of
/// configuration (credentials, address) mean try again.
/// </summary>
/// <param name="client">
/// Signs the request where the target wants that (SigV4 in a handler) and ends in <see cref="HttpSink.CreateHandler"/>.
/// Its own timeout should be longer than the options'. Not disposed.
/// </param>
/// <param name="options">Options.</param>
/// <param name="time">Clock of the time limit and of <c>Retry-After</c> dates.</param>
public sealed class RemoteWriteSink(HttpClient client, RemoteWriteSinkOptions options, TimeProvider? time = null)
    : HttpSink(client, options.Endpoint, options.Timeout, options.MaxRequestBytes, options.MaxSampleAge, time)
{
    private const string SpecificationVersion = "0.1.0";

    private protected override string Protocol => "remote write";

    private protected override IRequestEncoder CreateEncoder() => new RemoteWriteEncoder(options.SendMetadata);

    private protected override void AddHeaders(HttpRequestHeaders headers, HttpContentHeaders contentHeaders)
    {
        contentHeaders.ContentEncoding.Add("snappy");
        headers.Add("X-Prometheus-Remote-Write-Version", SpecificationVersion);
    }

    private protected override SinkResult Classify(in SinkResponse response)
    {
        if (response.IsSuccess)
        {
            return SinkResult.Delivered;
        }

        var body = response.Body.Span;
        var reason = response.Describe(Protocol, body);
        return SinkResponse.IsFinal(response.StatusCode) || SinkResponse.SaysHistogramsAreDisabled(body)
            ? SinkResult.Rejected(reason, SinkResponse.SaysOutOfOrder(body), SinkResponse.SaysDuplicate(body))
            : SinkResult.Retry(reason, response.RetryAfter, SinkResponse.ReachedTarget(response.StatusCode));
    }
}
