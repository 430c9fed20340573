using PushGateway.Delivery;

namespace PushGateway.Api.Hosting;

/// <summary>Delivers from the embedded queue, in the same process: the one-machine mode.</summary>
internal sealed class DeliveryService(DeliveryPump pump) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => pump.RunAsync(stoppingToken);
}
