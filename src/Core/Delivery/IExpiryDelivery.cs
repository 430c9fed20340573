using PushGateway.Push;

namespace PushGateway.Delivery;

/// <summary>Where the expiries go that an <see cref="ExpirySweep"/> finds.</summary>
public interface IExpiryDelivery
{
    /// <summary>Ends groups. One that is not ended by then is found again.</summary>
    /// <param name="due">Every expiry that is due. The store is read as they are asked for.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    ValueTask EndAsync(IAsyncEnumerable<PushHeader> due, CancellationToken cancellationToken);
}
