using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>A gateway on one machine that delivers to Prometheus by remote write.</summary>
public class OneMachineTarget : ClientTarget
{
    GatewayProcess _gateway = null!;

    public override Uri Gateway => _gateway.BaseAddress;

    protected override async Task StartServersAsync()
    {
        Prometheus = Own(await PrometheusServer.StartAsync());
        var settings = FauxqsToPrometheus.RemoteWriteTo(Prometheus);
        if (Credential is { } credential)
            settings["PUSHGATEWAY_CREDENTIALS"] = credential.Line();
        _gateway = Own(await GatewayProcess.StartAsync(settings));
    }
}
