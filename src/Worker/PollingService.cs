using PushGateway.Delivery;

namespace PushGateway.Worker;

/// <summary>Polls the queue with several receivers until the process is asked to stop.</summary>
internal sealed class PollingService(DeliveryPump pump, WorkerOptions options, ILogger<PollingService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        logger.Polling(options.Queue.QueueUrl, options.Receivers);
        await Task.WhenAll(Enumerable.Range(0, options.Receivers).Select(_ => pump.RunAsync(stoppingToken)));
    }
}
