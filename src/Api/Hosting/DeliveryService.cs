using PushGateway.Delivery;

namespace PushGateway.Api.Hosting;

/// <summary>On one machine, delivers from the embedded queue and ends groups that expire, in the process that serves HTTP.</summary>
internal sealed class DeliveryService(DeliveryPump pump, ExpirySweep sweep) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(pump.RunAsync(stoppingToken), sweep.RunAsync(stoppingToken));
}
