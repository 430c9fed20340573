using PushGateway.Formats.Prometheus;

namespace PushGateway.Exposition;

/// <summary>A sample of a histogram's or summary's series.</summary>
/// <param name="TimestampMs">Its timestamp.</param>
/// <param name="Order">Where it stands among the samples of the same labels.</param>
/// <param name="Role">What its series is.</param>
/// <param name="Bound">The bound of a bucket or quantile.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct MetricPoint(long TimestampMs, int Order, SeriesRole Role, double Bound, double Value) : IComparable<MetricPoint>
{
    /// <summary>By timestamp, otherwise as they stand.</summary>
    public int CompareTo(MetricPoint other) =>
        TimestampMs != other.TimestampMs ? TimestampMs.CompareTo(other.TimestampMs) : Order.CompareTo(other.Order);
}
