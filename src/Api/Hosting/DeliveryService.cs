using PushGateway.Delivery;

namespace PushGateway.Api.Hosting;

/// <summary>Delivers from the embedded queue and ends groups that expire, in the same process: the one-machine mode.</summary>
internal sealed class DeliveryService(DeliveryPump pump, ExpirySweep sweep) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(pump.RunAsync(stoppingToken), sweep.RunAsync(stoppingToken));
}
