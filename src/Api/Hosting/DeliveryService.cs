using PushGateway.Delivery;

namespace PushGateway.Api.Hosting;

/// <summary>
/// On one machine, delivers from the embedded queue, watches that, and ends groups that expire, in the process that serves HTTP.
/// </summary>
internal sealed class DeliveryService(OrderedDelivery delivery, DeliveryMonitor monitor, ExpirySweep sweep) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(delivery.RunAsync(stoppingToken), monitor.RunAsync(stoppingToken), sweep.RunAsync(stoppingToken));
}
