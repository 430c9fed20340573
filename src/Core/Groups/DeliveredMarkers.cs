namespace PushGateway.Groups;

/// <summary>The stale markers that a sink has, to be looked up by each group that they may be of.</summary>
/// <param name="series">The series that have ended.</param>
public sealed class DeliveredMarkers(IEnumerable<DueMarker> series)
{
    private readonly HashSet<EndedSeries> _ended = [.. series.Select(one => one.Ended)];

    internal bool Contains(EndedSeries ended) => _ended.Contains(ended);
}
