namespace PushGateway.Model;

/// <summary>One value of a series.</summary>
/// <param name="TimestampMs">Milliseconds since the Unix epoch.</param>
/// <param name="Value">The value. NaN payloads are kept: <see cref="StaleMarker"/> is one.</param>
/// <param name="IsInteger">The sender wrote an integer, which OTLP carries as <c>as_int</c>; Prometheus knows only floats.</param>
public readonly record struct Sample(long TimestampMs, double Value, bool IsInteger = false)
{
    /// <summary>Stands for "no timestamp": only in what is read back from groups and in what is exposed for scraping.</summary>
    public const long NoTimestamp = long.MinValue;
}
