namespace PushGateway.Exposition;

/// <summary>The writer of each <see cref="ExpositionFormat"/>.</summary>
public static class ExpositionWriters
{
    /// <summary>A writer of everything in <paramref name="reading"/>, which stays as it is while it is written.</summary>
    public static ExpositionWriter Create(ExpositionFormat format, GroupReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        return format switch
        {
            ExpositionFormat.OpenMetrics => new OpenMetricsWriter(reading.Batch, reading),
            ExpositionFormat.Protobuf => new MetricFamilyWriter(reading.Batch, reading),
            _ => new PrometheusTextWriter(reading.Batch, reading),
        };
    }
}
