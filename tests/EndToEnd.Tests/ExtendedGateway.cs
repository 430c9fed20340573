using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests;

/// <summary>A gateway on one machine that delivers to a Prometheus, and may be wiped and given timestamps.</summary>
public sealed class ExtendedGateway : SharedServers
{
    public PrometheusServer Prometheus { get; private set; } = null!;

    public GatewayProcess Gateway { get; private set; } = null!;

    protected override async Task StartServersAsync()
    {
        Prometheus = Own(await PrometheusServer.StartAsync());
        Gateway = Own(await GatewayProcess.StartAsync(new Dictionary<string, string>
        {
            ["PROMETHEUS_REMOTE_WRITE_URL"] = Prometheus.RemoteWriteUrl.ToString(),
            ["PUSHGATEWAY_ENABLE_ADMIN_API"] = "true",
            ["PUSHGATEWAY_ALLOW_TIMESTAMPS"] = "true",
        }));
    }
}
