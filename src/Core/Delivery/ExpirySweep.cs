using PushGateway.Groups;

namespace PushGateway.Delivery;

/// <summary>
/// Ends the groups whose time to live has passed. An expiry takes the way of a push, so that the sink hears of the series that it ends;
/// one that fails is due again at the next sweep.
/// </summary>
/// <param name="groups">The group store.</param>
/// <param name="delivery">Takes the expiries.</param>
/// <param name="options">Options.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Is told what goes wrong.</param>
public sealed class ExpirySweep(IGroupStore groups, IExpiryDelivery delivery, DeliveryOptions options, TimeProvider time, DeliveryObserver observer)
{
    /// <summary>Sweeps every <see cref="DeliveryOptions.SweepInterval"/> until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(options.SweepInterval, time, stopping);
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
    public ValueTask SweepAsync(CancellationToken cancellationToken) => delivery.EndAsync(groups.FindExpiredAsync(cancellationToken), cancellationToken);
}
