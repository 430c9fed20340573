namespace PushGateway.Groups;

/// <summary>The stale markers of one group that a sink has.</summary>
public sealed class DeliveredMarkers
{
    private readonly EndedSeries[] _series;

    private DeliveredMarkers(string path, EndedSeries[] series)
    {
        Path = path;
        _series = series;
        Array.Sort(_series, static (a, b) => a.PushTimeNs != b.PushTimeNs ? a.PushTimeNs.CompareTo(b.PushTimeNs) : a.Key.AsSpan().SequenceCompareTo(b.Key));
    }

    /// <summary>The path of the group.</summary>
    public string Path { get; }

    /// <summary>The series, by the push that has ended them and then by key.</summary>
    internal ReadOnlySpan<EndedSeries> Series => _series;

    /// <summary>Sorts markers by their groups.</summary>
    public static IReadOnlyList<DeliveredMarkers> ByGroup(IEnumerable<DueMarker> markers) =>
        [.. markers.GroupBy(static marker => marker.Path, StringComparer.Ordinal)
            .Select(static group => new DeliveredMarkers(group.Key, [.. group.Select(static marker => marker.Ended)]))];
}
