using System.Globalization;
using PushGateway.Sinks;
using Xunit;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>Every line of <c>collector.yaml</c> that a promise rests on, and which.</summary>
public sealed class CollectorConfigurationTests
{
    private const string Exporter = "exporters.prometheusremotewrite";

    private static readonly string[] Components = ["receivers.otlp", "extensions.sigv4auth", "exporters.prometheusremotewrite", "exporters.debug"];

    private readonly CollectorConfiguration _configuration = CollectorConfiguration.Read();

    [Fact]
    public void The_layer_listens_where_Worker_sends_OTLP_over_HTTP() =>
        Assert.Equal("localhost:4318", _configuration["receivers.otlp.protocols.http.endpoint"]);

    [Fact]
    public void Nothing_stands_between_receiver_and_exporter_so_that_200_means_that_the_target_has_it()
    {
        Assert.Equal("[otlp]", _configuration["service.pipelines.metrics.receivers"]);
        Assert.Equal("[prometheusremotewrite]", _configuration["service.pipelines.metrics.exporters"]);
        Assert.DoesNotContain(_configuration.Paths, path => path.Contains("processors", StringComparison.Ordinal));
    }

    [Fact]
    public void No_queue_answers_for_samples_that_it_may_still_lose_and_one_consumer_keeps_their_order()
    {
        Assert.Equal("false", _configuration[$"{Exporter}.remote_write_queue.enabled"]);
        Assert.Equal("1", _configuration[$"{Exporter}.remote_write_queue.num_consumers"]);
        Assert.DoesNotContain(_configuration.Paths, path => path.Contains("sending_queue", StringComparison.Ordinal) || path.Contains(".wal", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_are_stored_as_they_were_pushed() => Assert.Equal("false", _configuration[$"{Exporter}.add_metric_suffixes"]);

    [Fact]
    public void No_series_is_stored_that_nobody_pushed() => Assert.Equal("false", _configuration[$"{Exporter}.target_info.enabled"]);

    [Fact]
    public void No_label_is_added() => Assert.DoesNotContain(
        _configuration.Paths,
        path => path.StartsWith($"{Exporter}.external_labels", StringComparison.Ordinal)
            || path.StartsWith($"{Exporter}.resource_to_telemetry_conversion", StringComparison.Ordinal)
            || path.StartsWith($"{Exporter}.namespace", StringComparison.Ordinal));

    [Fact]
    public void A_request_stays_under_the_1_MB_that_AMP_takes() => Assert.InRange(
        int.Parse(_configuration[$"{Exporter}.max_batch_size_bytes"]!, CultureInfo.InvariantCulture), 500_000, 999_999);

    [Fact]
    public void The_layer_gives_up_before_its_timeout_and_the_timeout_comes_before_Workers()
    {
        Assert.Equal("true", _configuration[$"{Exporter}.retry_on_failure.enabled"]);
        var retry = _configuration.Duration($"{Exporter}.retry_on_failure.max_elapsed_time");
        var pause = _configuration.Duration($"{Exporter}.retry_on_failure.max_interval");
        var timeout = _configuration.Duration($"{Exporter}.timeout");
        Assert.True(retry + pause < timeout);
        Assert.True(timeout < new OtlpSinkOptions { Endpoint = new Uri("http://localhost:4318/v1/metrics") }.Timeout);

        // Zero would be without end.
        Assert.True(retry > TimeSpan.Zero);
    }

    [Fact]
    public void Requests_are_signed_for_the_workspace_that_the_function_is_told()
    {
        Assert.Equal("${env:AMP_REMOTE_WRITE_URL}", _configuration[$"{Exporter}.endpoint"]);
        Assert.Equal("sigv4auth", _configuration[$"{Exporter}.auth.authenticator"]);
        Assert.Equal("[sigv4auth]", _configuration["service.extensions"]);
        Assert.Equal("{}", _configuration["extensions.sigv4auth"]);
    }

    [Fact]
    public void The_gateways_own_traces_have_somewhere_to_end()
    {
        Assert.Equal("[otlp]", _configuration["service.pipelines.traces.receivers"]);
        Assert.Equal("[debug]", _configuration["service.pipelines.traces.exporters"]);
        Assert.Equal("basic", _configuration["exporters.debug.verbosity"]);
    }

    /// <summary>The layer (ADOT 0.117) refuses to start with a component that it has not.</summary>
    [Fact]
    public void Only_components_are_named_that_the_layer_has() => Assert.All(
        _configuration.Paths.Where(path => !path.StartsWith("service", StringComparison.Ordinal)).Select(path => string.Join('.', path.Split('.').Take(2))),
        component => Assert.Contains(component, Components));
}
