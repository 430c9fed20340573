namespace PushGateway.Model;

/// <summary>One value or one native histogram of a series. In one batch a series has only values or only histograms.</summary>
/// <param name="TimestampMs">Milliseconds since the Unix epoch.</param>
/// <param name="Value">
/// The value. NaN payloads are kept, because <see cref="StaleMarker"/> is one. A histogram has the value 0, so it is never taken for a
/// stale marker. A series of histograms, too, is ended by a float sample with the marker.
/// </param>
/// <param name="IsInteger">The sender wrote an integer, which OTLP carries as <c>as_int</c>. Prometheus has only floats.</param>
/// <param name="Histogram">
/// Symbol of the bytes of a <see cref="NativeHistogram"/>, so equal histograms of a batch have equal symbols. 0 for a float sample.
/// </param>
public readonly record struct Sample(long TimestampMs, double Value, bool IsInteger = false, int Histogram = 0)
{
    /// <summary>
    /// Means "no timestamp": the sample has the time of its push, which it gets when its message is read. Samples that are read from groups
    /// or exposed for scraping have it, too.
    /// </summary>
    public const long NoTimestamp = long.MinValue;

    /// <summary>A timestamp that a sender wrote. It is never <see cref="NoTimestamp"/>.</summary>
    public static long Written(long timestampMs) => Math.Max(timestampMs, NoTimestamp + 1);

    /// <summary>Whether this is a native histogram.</summary>
    public bool IsHistogram => Histogram != 0;
}
