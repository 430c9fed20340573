using PushGateway.Delivery;

namespace PushGateway.Worker;

/// <summary>Ends groups whose time to live has passed, until the process is asked to stop. Several workers may do so at once.</summary>
internal sealed class SweepService(ExpirySweep sweep) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => sweep.RunAsync(stoppingToken);
}
