namespace PushGateway.Model;

/// <summary>One value of a series, or one native histogram of it; all samples of a series of a batch are the same of the two.</summary>
/// <param name="TimestampMs">Milliseconds since the Unix epoch.</param>
/// <param name="Value">
/// The value. NaN payloads are kept: <see cref="StaleMarker"/> is one. 0 with a histogram, so that none is taken for a marker: what ends
/// a series of histograms is a float sample, too.
/// </param>
/// <param name="IsInteger">The sender wrote an integer, which OTLP carries as <c>as_int</c>; Prometheus knows only floats.</param>
/// <param name="Histogram">
/// Symbol of a <see cref="NativeHistogram"/>'s bytes, so that equal histograms of a batch are equal symbols; 0 with a float.
/// </param>
public readonly record struct Sample(long TimestampMs, double Value, bool IsInteger = false, int Histogram = 0)
{
    /// <summary>Stands for "no timestamp": only in what is read back from groups and in what is exposed for scraping.</summary>
    public const long NoTimestamp = long.MinValue;

    /// <summary>Whether this is a native histogram.</summary>
    public bool IsHistogram => Histogram != 0;
}
