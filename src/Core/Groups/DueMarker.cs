using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>A series that a push has ended: a stale marker is to be sent along with the push.</summary>
public readonly struct DueMarker
{
    internal DueMarker(string path, int push, in EndedSeries ended)
    {
        Path = path;
        Push = push;
        Ended = ended;
    }

    /// <summary>The path of the group that had the series.</summary>
    public string Path { get; }

    /// <summary>Index of the push among those applied together: the first of those to the group that have its time.</summary>
    public int Push { get; }

    /// <summary>The time of the stale marker, milliseconds since the Unix epoch.</summary>
    public long TimestampMs => Ended.MarkerMs;

    internal EndedSeries Ended { get; }

    /// <summary>Appends the series to a batch, with the stale marker as its only sample and in a family of its own name.</summary>
    public void AddTo(MetricBatch destination)
    {
        var name = new BlobReader(Ended.Key).ReadBytes();
        var family = destination.AddFamily(destination.Symbols.Intern(name));
        SeriesKey.AddTo(destination, family, Ended.Key, new Sample(Ended.MarkerMs, StaleMarker.Value));
    }
}
