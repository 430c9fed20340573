namespace PushGateway.Exposition;

/// <summary>
/// Shows the groups and ungrouped series that a store held when the scan was opened, as often as it is asked, each as it is at that moment.
/// No lock is held between two calls. Not thread-safe.
/// </summary>
public interface IHeldScan
{
    /// <summary>Goes back to the first group.</summary>
    void Rewind();

    /// <summary>Shows what comes next, until the visitor is full.</summary>
    /// <returns>Whether everything has been shown.</returns>
    bool ReadOn(IHeldVisitor visitor, CancellationToken cancellationToken);
}
