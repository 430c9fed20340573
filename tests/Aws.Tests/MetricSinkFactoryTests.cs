using PushGateway.Configuration;
using Xunit;

namespace PushGateway.Aws.Tests;

public sealed class MetricSinkFactoryTests
{
    private const string Amp = "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write";

    [Theory]
    [InlineData(Amp, null, 3600)]
    [InlineData(Amp, "2h", 7200)]
    [InlineData(Amp, "0s", null)]
    [InlineData("http://127.0.0.1:9090/api/v1/write", null, null)]
    [InlineData("http://127.0.0.1:9090/api/v1/write", "30m", 1800)]
    public void A_sink_knows_how_old_a_sample_its_target_takes(string url, string? setting, int? seconds)
    {
        var settings = new SettingsReader(name => name switch
        {
            "PROMETHEUS_REMOTE_WRITE_URL" => url,
            "PUSHGATEWAY_TARGET_MAX_AGE" => setting,
            _ => null,
        });

        var sink = MetricSinkFactory.Create(settings, MetricSinkFactory.ReadMaxSampleAge(settings), TimeProvider.System);

        settings.ThrowIfInvalid();
        Assert.Equal(seconds, sink!.MaxSampleAge?.TotalSeconds);
    }

    [Theory]
    [InlineData(Amp, null, 60)]
    [InlineData(Amp, "10m", 600)]
    [InlineData("http://127.0.0.1:9090/api/v1/write", null, 0)]
    [InlineData("http://127.0.0.1:9090/api/v1/write", "1h", 3600)]
    public void The_window_of_AMP_is_a_minute_unless_it_is_set(string url, string? setting, int seconds)
    {
        var settings = new SettingsReader(name => name switch
        {
            "PROMETHEUS_REMOTE_WRITE_URL" => url,
            "PUSHGATEWAY_TARGET_OUT_OF_ORDER_WINDOW" => setting,
            _ => null,
        });

        Assert.Equal(TimeSpan.FromSeconds(seconds), MetricSinkFactory.ReadOutOfOrderWindow(settings));
        settings.ThrowIfInvalid();
    }
}
