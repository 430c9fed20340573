namespace PushGateway.Delivery;

/// <summary>
/// Where the workers that drain one queue tell each other which messages wait because the target took nothing. A mark is the start of ten
/// seconds in which such messages were queued, and the time until which they may come again; both in milliseconds since the Unix epoch.
/// </summary>
public interface IBacklogBoard
{
    /// <summary>Reads the marks. Those that are past may be missing.</summary>
    /// <exception cref="Exception">The board cannot be read. Delivery goes on with what this worker knows.</exception>
    ValueTask<IReadOnlyDictionary<long, long>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Writes marks. It may write only the oldest of many.</summary>
    /// <param name="marks">The marks.</param>
    /// <param name="past">Marks that were read, and whose time is past: nobody needs them any more.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="Exception">The board cannot be written. The marks stay with this worker.</exception>
    ValueTask WriteAsync(IReadOnlyDictionary<long, long> marks, IReadOnlyCollection<long> past, CancellationToken cancellationToken);
}
