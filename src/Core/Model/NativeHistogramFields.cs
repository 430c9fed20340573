namespace PushGateway.Model;

/// <summary>
/// Field numbers of <c>prometheus.Histogram</c> and its <c>BucketSpan</c>. They are the same in remote write 1.0 (Prometheus
/// <c>prompb/types.proto</c>) and 2.0 (<c>io/prometheus/write/v2/types.proto</c>).
/// </summary>
internal static class NativeHistogramFields
{
    public const int Count = 1;
    public const int CountFloat = 2;
    public const int Sum = 3;
    public const int Schema = 4;
    public const int ZeroThreshold = 5;
    public const int ZeroCount = 6;
    public const int ZeroCountFloat = 7;
    public const int NegativeSpans = 8;
    public const int NegativeDeltas = 9;
    public const int NegativeCounts = 10;
    public const int PositiveSpans = 11;
    public const int PositiveDeltas = 12;
    public const int PositiveCounts = 13;
    public const int ResetHint = 14;
    public const int Timestamp = 15;

    public const int SpanOffset = 1;
    public const int SpanLength = 2;
}
