using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>The real Pushgateway, scraped: what this shows is what the other targets have to show.</summary>
public sealed class RealPushgatewayTarget : ClientTarget
{
    RealPushgateway _pushgateway = null!;

    public override Uri Gateway => _pushgateway.Address;

    protected override async Task StartServersAsync()
    {
        _pushgateway = Own(await RealPushgateway.StartAsync());
        Prometheus = Own(await PrometheusServer.StartAsync(new PrometheusOptions { ScrapeTargets = [_pushgateway.Address.Authority] }));
    }
}
