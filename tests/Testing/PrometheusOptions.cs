namespace PushGateway.Testing;

/// <summary>How a <see cref="PrometheusServer"/> is set up.</summary>
public sealed record PrometheusOptions
{
    /// <summary>How much older than the newest sample of a series a sample may be. Zero refuses every older one.</summary>
    public TimeSpan OutOfOrderWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Features to enable, such as <c>native-histograms</c>.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>
    /// <c>host:port</c> of servers whose <c>/metrics</c> is scraped once a second under the job name "scraped", keeping
    /// the labels that they expose.
    /// </summary>
    public IReadOnlyList<string> ScrapeTargets { get; init; } = [];

    /// <summary>The only format that is asked for in a scrape, such as <c>PrometheusProto</c>; Prometheus' own order when null.</summary>
    public string? ScrapeProtocol { get; init; }
}
