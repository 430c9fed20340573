using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests;

/// <summary>A gateway on one machine that delivers to its own group store only.</summary>
public sealed class BareGateway : SharedServers
{
    public GatewayProcess Gateway { get; private set; } = null!;

    protected override async Task StartServersAsync() => Gateway = Own(await GatewayProcess.StartAsync());
}
