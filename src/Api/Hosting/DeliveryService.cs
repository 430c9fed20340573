using PushGateway.Delivery;

namespace PushGateway.Api.Hosting;

/// <summary>On one machine, delivers from the embedded queue and ends groups that expire, in the process that serves HTTP.</summary>
internal sealed class DeliveryService(OrderedDelivery delivery, ExpirySweep sweep) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(delivery.RunAsync(stoppingToken), sweep.RunAsync(stoppingToken));
}
