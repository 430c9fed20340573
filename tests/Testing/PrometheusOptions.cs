namespace PushGateway.Testing;

/// <summary>The configuration of a <see cref="PrometheusServer"/>.</summary>
public sealed record PrometheusOptions
{
    /// <summary>How much older than the newest sample of its series a sample may be. With zero, every older sample is refused.</summary>
    public TimeSpan OutOfOrderWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Features to enable, such as <c>native-histograms</c>.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>
    /// <c>host:port</c> of servers whose <c>/metrics</c> is scraped once a second. The job name is "scraped", and the labels that the
    /// servers expose are kept.
    /// </summary>
    public IReadOnlyList<string> ScrapeTargets { get; init; } = [];

    /// <summary>The only format that a scrape asks for, such as <c>PrometheusProto</c>. Null means Prometheus' own order.</summary>
    public string? ScrapeProtocol { get; init; }
}
