using PushGateway.Sinks;
using Xunit;

namespace PushGateway.Core.Tests.Sinks;

public sealed class OtlpSinkOptionsTests
{
    [Theory]
    [InlineData(null, null, null)]
    [InlineData("", " ", null)]
    [InlineData(null, "http://localhost:4318", "http://localhost:4318/v1/metrics")]
    [InlineData(null, "http://localhost:4318/", "http://localhost:4318/v1/metrics")]
    [InlineData("", "https://collector.example/mycollector", "https://collector.example/mycollector/v1/metrics")]
    [InlineData("", "https://collector.example/mycollector/", "https://collector.example/mycollector/v1/metrics")]
    [InlineData(null, "http://localhost:4318/otlp?tenant=a", "http://localhost:4318/otlp/v1/metrics?tenant=a")]
    [InlineData("http://localhost:4318", null, "http://localhost:4318/")]
    [InlineData("http://localhost:4318/custom", "http://localhost:1", "http://localhost:4318/custom")]
    [InlineData("http://localhost:4318/custom/", null, "http://localhost:4318/custom/")]
    public void The_URL_follows_the_specification(string? metricsEndpoint, string? endpoint, string? expected) =>
        Assert.Equal(expected, OtlpSinkOptions.MetricsEndpoint(metricsEndpoint, endpoint)?.AbsoluteUri);

    [Theory]
    [InlineData("localhost:4318", null)]
    [InlineData(null, "/v1/metrics")]
    [InlineData(null, "ftp://localhost")]
    public void A_URL_that_is_none_is_refused(string? metricsEndpoint, string? endpoint) =>
        Assert.Contains(
            "not an absolute http",
            Assert.Throws<FormatException>(() => OtlpSinkOptions.MetricsEndpoint(metricsEndpoint, endpoint)).Message);

    [Fact]
    public void Settings_of_metrics_overrule_those_of_every_signal()
    {
        var settings = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://localhost:4318",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "a=1",
            ["OTEL_EXPORTER_OTLP_METRICS_HEADERS"] = " b = 2 , c=%2C ",
            ["OTEL_EXPORTER_OTLP_COMPRESSION"] = "gzip",
            ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "10000",
            ["OTEL_EXPORTER_OTLP_METRICS_TIMEOUT"] = "2500",
        };

        var options = OtlpSinkOptions.Read(settings.GetValueOrDefault);

        Assert.NotNull(options);
        Assert.Equal([new("b", "2"), new("c", ",")], options.Headers);
        Assert.True(options.Gzip);
        Assert.Equal(TimeSpan.FromSeconds(2.5), options.Timeout);
    }

    [Fact]
    public void No_endpoint_means_no_sink() => Assert.Null(OtlpSinkOptions.Read(_ => null));

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "secret")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "=secret")]
    [InlineData("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "10s")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "0")]
    public void A_malformed_setting_is_named(string name, string value)
    {
        var settings = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://localhost:4318", [name] = value };

        var message = Assert.Throws<FormatException>(() => OtlpSinkOptions.Read(settings.GetValueOrDefault)).Message;
        Assert.Contains(name, message);
        Assert.DoesNotContain("secret", message);
    }
}
