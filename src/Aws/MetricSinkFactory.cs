using PushGateway.Aws.SigV4;
using PushGateway.Configuration;
using PushGateway.Sinks;

namespace PushGateway.Aws;

/// <summary>Chooses the sink by the standard settings.</summary>
public static class MetricSinkFactory
{
    // https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html
    private static readonly TimeSpan MaxSampleAgeOfAmp = TimeSpan.FromHours(1);
    private static readonly TimeSpan OutOfOrderWindowOfAmp = TimeSpan.FromMinutes(1);

    /// <summary>
    /// <c>PUSHGATEWAY_TARGET_MAX_AGE</c>: the age beyond which the target takes no sample. One hour if the setting is missing and
    /// <c>PROMETHEUS_REMOTE_WRITE_URL</c> belongs to AMP. Null when it is not known, or 0.
    /// </summary>
    public static TimeSpan? ReadMaxSampleAge(SettingsReader settings)
    {
        var age = settings.Duration("PUSHGATEWAY_TARGET_MAX_AGE", IsAmp(settings) ? MaxSampleAgeOfAmp : TimeSpan.Zero, TimeSpan.Zero);
        return age > TimeSpan.Zero ? age : null;
    }

    /// <summary>
    /// <c>PUSHGATEWAY_TARGET_OUT_OF_ORDER_WINDOW</c>: how much older than its newest sample the target takes one. One minute, which is AMP's
    /// default, if the setting is missing and <c>PROMETHEUS_REMOTE_WRITE_URL</c> belongs to AMP; otherwise 0.
    /// </summary>
    public static TimeSpan ReadOutOfOrderWindow(SettingsReader settings) =>
        settings.Duration("PUSHGATEWAY_TARGET_OUT_OF_ORDER_WINDOW", IsAmp(settings) ? OutOfOrderWindowOfAmp : TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>
    /// <c>PROMETHEUS_REMOTE_WRITE_URL</c> gives remote write, signed when the host belongs to AMP. Without it,
    /// <c>OTEL_EXPORTER_OTLP_METRICS_ENDPOINT</c> or <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> gives OTLP. Without any of them there is no sink.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <param name="maxSampleAge">The age beyond which the target takes no sample; null when it is not known.</param>
    /// <param name="time">The clock.</param>
    public static IMetricSink? Create(SettingsReader settings, TimeSpan? maxSampleAge, TimeProvider time)
    {
        if (settings.Url("PROMETHEUS_REMOTE_WRITE_URL") is { } url)
        {
            var options = new RemoteWriteSinkOptions { Endpoint = url, MaxSampleAge = maxSampleAge };
            return new RemoteWriteSink(RemoteWriteClient(url, time), options, time);
        }

        try
        {
            return OtlpSinkOptions.Read(settings.Text) is { } read
                ? new OtlpSink(Client(HttpSink.CreateHandler()), read with { MaxSampleAge = maxSampleAge }, time)
                : null;
        }
        catch (FormatException exception)
        {
            settings.Refuse(exception.Message + ".");
            return null;
        }
    }

    private static bool IsAmp(SettingsReader settings) =>
        Uri.TryCreate(settings.Text("PROMETHEUS_REMOTE_WRITE_URL"), UriKind.Absolute, out var url) && ApsEndpoint.RegionOf(url) is not null;

    private static HttpClient RemoteWriteClient(Uri url, TimeProvider time)
    {
        HttpMessageHandler handler = HttpSink.CreateHandler();
        if (ApsEndpoint.RegionOf(url) is { } region)
        {
            handler = new SigV4SigningHandler(region, time) { InnerHandler = handler };
        }

        return Client(handler);
    }

    // The sink has a time limit of its own.
    private static HttpClient Client(HttpMessageHandler handler) => new(handler) { Timeout = Timeout.InfiniteTimeSpan };
}
