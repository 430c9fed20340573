namespace PushGateway.Exposition;

/// <summary>The writer of each <see cref="ExpositionFormat"/>.</summary>
public static class ExpositionWriters
{
    /// <summary>A writer of everything in <paramref name="reading"/>, which stays as it is while it is written.</summary>
    public static ExpositionWriter Create(ExpositionFormat format, GroupReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        return Create(format, reading, null);
    }

    /// <summary>A writer of a slice of an exposition.</summary>
    internal static ExpositionWriter Create(ExpositionFormat format, GroupReading reading, ExpositionSlice? slice) => format switch
    {
        ExpositionFormat.OpenMetrics => new OpenMetricsWriter(reading.Batch, reading, slice),
        ExpositionFormat.Protobuf => new MetricFamilyWriter(reading.Batch, reading, slice),
        _ => new PrometheusTextWriter(reading.Batch, reading, slice),
    };
}
