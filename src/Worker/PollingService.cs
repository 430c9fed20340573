using PushGateway.Aws.Sqs;
using PushGateway.Delivery;
using PushGateway.Queue;

namespace PushGateway.Worker;

/// <summary>Polls the queue with several receivers until the process is asked to stop.</summary>
/// <remarks>
/// A stop waits for the current poll (<see cref="SqsQueueOptions.WaitTime"/>). With messages in hand, it also waits up to
/// <see cref="DeliveryOptions.DrainTimeout"/> and for the calls that settle them. That is well inside <see cref="HostOptions.ShutdownTimeout"/>,
/// 30 s, which ends the wait when SQS does not answer.
/// </remarks>
internal sealed class PollingService(
    SqsPushQueue queue, BatchHandler handler, WorkerOptions options, TimeProvider time, DeliveryObserver observer, ILogger<PollingService> logger)
    : BackgroundService
{
    // A message is renewed twice before it would become visible again.
    private const int RenewalsPerVisibilityTimeout = 3;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var visibilityTimeout = await ReadVisibilityTimeoutAsync(stoppingToken);
        var delivery = options.Delivery with { RenewInterval = visibilityTimeout / RenewalsPerVisibilityTimeout };
        var pump = new DeliveryPump(queue, handler, delivery, time, observer);
        logger.Polling(options.Queue.QueueUrl, options.Receivers);
        var monitor = new DeliveryMonitor(() => new DeliveryState(handler.Target?.State), observer, time);
        await Task.WhenAll([monitor.RunAsync(stoppingToken), .. Enumerable.Range(0, options.Receivers).Select(_ => pump.RunAsync(stoppingToken))]);
    }

    private async Task<TimeSpan> ReadVisibilityTimeoutAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                return await queue.GetVisibilityTimeoutAsync(stoppingToken);
            }
            catch (QueueUnavailableException exception)
            {
                observer.Faulted(exception);
                await Task.Delay(options.Delivery.MaxBackoff, time, stoppingToken);
            }
        }
    }
}
