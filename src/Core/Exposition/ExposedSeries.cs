using PushGateway.Formats.Prometheus;

namespace PushGateway.Exposition;

/// <summary>Where a series stands in an exposition, before its labels are looked at.</summary>
/// <param name="Family">Rank of the family's name.</param>
/// <param name="Role">What the series is to a histogram or summary; otherwise its own.</param>
/// <param name="Bound">Its <c>le</c> or <c>quantile</c>; otherwise 0.</param>
/// <param name="BoundName">Symbol of that label's name; otherwise 0.</param>
/// <param name="Series">Index of the series.</param>
internal readonly record struct ExposedSeries(int Family, SeriesRole Role, double Bound, int BoundName, int Series)
{
    /// <summary>Time of the metric point, where points are kept together; otherwise 0.</summary>
    public long TimestampMs { get; init; }
}
