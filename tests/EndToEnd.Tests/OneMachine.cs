using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests;

/// <summary>A gateway on one machine that delivers to a Prometheus by remote write.</summary>
public sealed class OneMachine : SharedServers
{
    public PrometheusServer Prometheus { get; private set; } = null!;

    public GatewayProcess Gateway { get; private set; } = null!;

    protected override async Task StartServersAsync()
    {
        Prometheus = Own(await PrometheusServer.StartAsync());
        Gateway = Own(await GatewayProcess.StartAsync(new Dictionary<string, string>
        {
            ["PROMETHEUS_REMOTE_WRITE_URL"] = Prometheus.RemoteWriteUrl.ToString(),
        }));
    }
}
