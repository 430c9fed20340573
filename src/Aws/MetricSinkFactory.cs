using PushGateway.Aws.SigV4;
using PushGateway.Configuration;
using PushGateway.Sinks;

namespace PushGateway.Aws;

/// <summary>Chooses the sink by the standard settings.</summary>
public static class MetricSinkFactory
{
    /// <summary>
    /// <c>PROMETHEUS_REMOTE_WRITE_URL</c> gives remote write, signed when the host belongs to AMP. Without it,
    /// <c>OTEL_EXPORTER_OTLP_METRICS_ENDPOINT</c> or <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> gives OTLP. Without any of them there is no sink.
    /// </summary>
    public static IMetricSink? Create(SettingsReader settings, TimeProvider time)
    {
        if (settings.Url("PROMETHEUS_REMOTE_WRITE_URL") is { } url)
        {
            return new RemoteWriteSink(RemoteWriteClient(url, time), new RemoteWriteSinkOptions { Endpoint = url }, time);
        }

        try
        {
            return OtlpSinkOptions.Read(settings.Text) is { } options
                ? new OtlpSink(new HttpClient(HttpSink.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan }, options, time)
                : null;
        }
        catch (FormatException exception)
        {
            settings.Refuse(exception.Message + ".");
            return null;
        }
    }

    // The sink has a time limit of its own.
    private static HttpClient RemoteWriteClient(Uri url, TimeProvider time)
    {
        HttpMessageHandler handler = HttpSink.CreateHandler();
        if (ApsEndpoint.RegionOf(url) is { } region)
        {
            handler = new SigV4SigningHandler(region, time) { InnerHandler = handler };
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
