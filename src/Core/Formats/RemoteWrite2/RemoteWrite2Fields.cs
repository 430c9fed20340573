namespace PushGateway.Formats.RemoteWrite2;

/// <summary>
/// Field numbers of <c>io.prometheus.write.v2</c> (Prometheus remote write 2.0, <c>prompb/io/prometheus/write/v2/types.proto</c>).
/// </summary>
internal static class RemoteWrite2Fields
{
    public const int RequestSymbols = 4;
    public const int RequestTimeSeries = 5;

    public const int TimeSeriesLabelRefs = 1;
    public const int TimeSeriesSamples = 2;
    public const int TimeSeriesHistograms = 3;
    public const int TimeSeriesMetadata = 5;

    public const int SampleValue = 1;
    public const int SampleTimestamp = 2;

    /// <summary>An extension of the gateway: the sender wrote an integer. Every other reader skips it.</summary>
    public const int SampleIsInteger = 1000;

    public const int MetadataType = 1;
    public const int MetadataHelpRef = 3;
    public const int MetadataUnitRef = 4;
}
