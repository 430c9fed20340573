using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;

namespace PushGateway.Delivery;

/// <summary>
/// Ends the groups whose time to live has passed. An expiry takes the way of a push, so that the sink hears of the series that it ends;
/// one that fails is due again at the next sweep.
/// </summary>
/// <param name="groups">The group store.</param>
/// <param name="handler">Handles the expiries.</param>
/// <param name="options">Options.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Is told what goes wrong.</param>
public sealed class ExpirySweep(IGroupStore groups, BatchHandler handler, DeliveryOptions options, TimeProvider time, DeliveryObserver observer)
{
    private static readonly MessageCapacity InProcess = new(int.MaxValue, TextOnly: false, ChunkBytes: 0);

    /// <summary>Sweeps every <see cref="DeliveryOptions.SweepInterval"/> until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(options.SweepInterval, time);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stopping);
                await SweepAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it was, the groups are still due, and the sweep must not die of it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                observer.Faulted(exception);
            }
        }
    }

    /// <summary>Sweeps once. What could not be ended by then is still due.</summary>
    public async ValueTask SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var due in (await groups.FindExpiredAsync(cancellationToken)).Chunk(options.BatchSize))
        {
            var outcome = await handler.HandleAsync([.. due.Select(ToMessage)], cancellationToken);
            if (outcome.Failed.Count > 0)
            {
                observer.Failed(outcome.Failed.Count, outcome.FailureReason ?? "unknown");
            }
        }
    }

    private ReceivedMessage ToMessage(PushHeader expiry)
    {
        var messages = new List<QueueMessage>(1);
        PushMessageCodec.Encode(expiry, new MetricBatch(), InProcess, messages);
        return new ReceivedMessage($"expiry of {expiry.Group}", messages[0], time.GetUtcNow().ToUnixTimeMilliseconds());
    }
}
