using System.Globalization;

namespace PushGateway.Sinks;

/// <summary>Options of <see cref="OtlpSink"/>, named and read as OpenTelemetry's exporter specification has them.</summary>
public sealed record OtlpSinkOptions
{
    private const string MetricsPath = "v1/metrics";

    /// <summary>Where to post, complete with path.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Headers to add to every request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Whether requests are compressed with gzip.</summary>
    public bool Gzip { get; init; }

    /// <summary>The age beyond which the target takes no sample; null when it is not known.</summary>
    public TimeSpan? MaxSampleAge { get; init; }

    /// <summary>Time for one request, its answer included. A collector that delivers before it answers may need more.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Largest request in bytes, before compression. The collector takes 20 MiB; a request about as large as those that it sends on
    /// keeps one answer about one delivery.
    /// </summary>
    public int MaxRequestBytes { get; init; } = 1_000_000;

    /// <summary>
    /// Reads <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, <c>…_HEADERS</c>, <c>…_COMPRESSION</c> and <c>…_TIMEOUT</c> (milliseconds), each overruled
    /// by its <c>OTEL_EXPORTER_OTLP_METRICS_…</c> form. Null when no endpoint is set.
    /// </summary>
    /// <param name="setting">Finds a setting by name; an empty one counts as not set.</param>
    /// <exception cref="FormatException">A setting is malformed; the message names it.</exception>
    public static OtlpSinkOptions? Read(Func<string, string?> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        var endpoint = MetricsEndpoint(setting("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"), setting("OTEL_EXPORTER_OTLP_ENDPOINT"));
        if (endpoint is null)
        {
            return null;
        }

        var options = new OtlpSinkOptions { Endpoint = endpoint, Headers = ParseHeaders(Setting("HEADERS")) };
        options = Setting("COMPRESSION") switch
        {
            null or "none" => options,
            "gzip" => options with { Gzip = true },
            var other => throw new FormatException($"OTEL_EXPORTER_OTLP_COMPRESSION is \"{other}\", which is neither gzip nor none"),
        };
        if (Setting("TIMEOUT") is { } timeout)
        {
            options = int.TryParse(timeout, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0
                ? options with { Timeout = TimeSpan.FromMilliseconds(milliseconds) }
                : throw new FormatException($"OTEL_EXPORTER_OTLP_TIMEOUT is \"{timeout}\", which is not a number of milliseconds");
        }

        return options;

        string? Setting(string name) =>
            NullIfEmpty(setting($"OTEL_EXPORTER_OTLP_METRICS_{name}")) ?? NullIfEmpty(setting($"OTEL_EXPORTER_OTLP_{name}"));
    }

    /// <summary>Derives the URL: the metrics endpoint as it is, else the base endpoint with <c>v1/metrics</c> below its path.</summary>
    /// <param name="metricsEndpoint">Value of <c>OTEL_EXPORTER_OTLP_METRICS_ENDPOINT</c>.</param>
    /// <param name="endpoint">Value of <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</param>
    /// <returns>Null when neither is set.</returns>
    /// <exception cref="FormatException">Not an absolute http or https URL.</exception>
    public static Uri? MetricsEndpoint(string? metricsEndpoint, string? endpoint)
    {
        if (NullIfEmpty(metricsEndpoint) is { } whole)
        {
            return ParseUrl("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", whole);
        }

        if (NullIfEmpty(endpoint) is not { } origin)
        {
            return null;
        }

        var url = new UriBuilder(ParseUrl("OTEL_EXPORTER_OTLP_ENDPOINT", origin));
        url.Path = url.Path.EndsWith('/') ? url.Path + MetricsPath : $"{url.Path}/{MetricsPath}";
        return url.Uri;
    }

    /// <summary>Parses <c>key=value,key=value</c>, values percent-encoded (the W3C baggage form without properties).</summary>
    /// <param name="text">Value of <c>OTEL_EXPORTER_OTLP_HEADERS</c>.</param>
    /// <exception cref="FormatException">
    /// A part has no key or no equals sign. The message does not repeat it: it may hold a secret.
    /// </exception>
    public static IReadOnlyList<KeyValuePair<string, string>> ParseHeaders(string? text)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new FormatException($"OTEL_EXPORTER_OTLP_HEADERS: part {headers.Count + 1} is not of the form key=value");
            }

            headers.Add(new(part[..equals].TrimEnd(), Uri.UnescapeDataString(part[(equals + 1)..].TrimStart())));
        }

        return headers;
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private static Uri ParseUrl(string name, string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new FormatException($"{name} is \"{value}\", which is not an absolute http or https URL");
}
