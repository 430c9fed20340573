using PushGateway.Configuration;
using PushGateway.Model;

namespace PushGateway.Push;

/// <summary>The limits of a push that are settings. The defaults are those of Amazon Managed Service for Prometheus (AMP) where a limit says so.</summary>
public sealed record PushLimits
{
    // Buffers of this size still cannot overflow the arithmetic of their sizes.
    private const int MaxBufferBytes = 512 * 1024 * 1024;

    // Between the acceptance of a push and its place in the queue: a slow disk, or SQS and the SDK's retries.
    private const long MaxStoringMs = 60_000;

    /// <summary>Defaults.</summary>
    public static PushLimits Default { get; } = new();

    /// <summary>
    /// Reads the limits from <c>PUSHGATEWAY_MAX_*</c>, <c>PUSHGATEWAY_FUTURE_TOLERANCE</c> and <c>PUSHGATEWAY_ALLOW_TIMESTAMPS</c>.
    /// </summary>
    public static PushLimits Read(SettingsReader settings) => new()
    {
        MaxBodyBytes = (int)settings.Number("PUSHGATEWAY_MAX_BODY_BYTES", Default.MaxBodyBytes, 1, MaxBufferBytes),
        MaxDecompressedBytes = (int)settings.Number("PUSHGATEWAY_MAX_DECOMPRESSED_BYTES", Default.MaxDecompressedBytes, 1, MaxBufferBytes),
        MaxLabels = (int)settings.Number("PUSHGATEWAY_MAX_LABELS", Default.MaxLabels, 1, int.MaxValue),
        MaxNameBytes = (int)settings.Number("PUSHGATEWAY_MAX_NAME_BYTES", Default.MaxNameBytes, 1, int.MaxValue),
        MaxLabelValueBytes = (int)settings.Number("PUSHGATEWAY_MAX_LABEL_VALUE_BYTES", Default.MaxLabelValueBytes, 1, int.MaxValue),
        MaxSampleAge = settings.Duration("PUSHGATEWAY_MAX_SAMPLE_AGE", Default.MaxSampleAge, TimeSpan.Zero),
        FutureTolerance = settings.Duration("PUSHGATEWAY_FUTURE_TOLERANCE", Default.FutureTolerance, TimeSpan.Zero),
        AllowTimestamps = settings.Flag("PUSHGATEWAY_ALLOW_TIMESTAMPS"),
    };

    /// <summary>Largest body in bytes as received. The default is Lambda's payload limit.</summary>
    public int MaxBodyBytes { get; init; } = 6 * 1024 * 1024;

    /// <summary>Largest body in bytes after decompression.</summary>
    public int MaxDecompressedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Most labels on a series, including <c>__name__</c> (AMP: 70).</summary>
    public int MaxLabels { get; init; } = 70;

    /// <summary>Longest metric or label name in bytes (AMP: 1024).</summary>
    public int MaxNameBytes { get; init; } = 1024;

    /// <summary>Longest label value in bytes (AMP: 2048).</summary>
    public int MaxLabelValueBytes { get; init; } = 2048;

    /// <summary>How far before the time of receipt a timestamp may be.</summary>
    public TimeSpan MaxSampleAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How far after the time of receipt a timestamp may be.</summary>
    public TimeSpan FutureTolerance { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether a push to a group may have timestamps. Pushgateway refuses them: a scrape would expose the same old timestamp again and
    /// again, and soon it would be too old for Prometheus.
    /// </summary>
    public bool AllowTimestamps { get; init; }

    /// <summary>These limits for a target that takes no sample beyond an age; null when that age is not known.</summary>
    public PushLimits For(TimeSpan? maxSampleAge) => maxSampleAge < MaxSampleAge ? this with { MaxSampleAge = maxSampleAge.Value } : this;

    /// <summary>
    /// Checks everything that was added to <paramref name="batch"/> since <paramref name="since"/>; null when it is within the limits.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="since">Where the push begins in the batch.</param>
    /// <param name="receivedMs">Time of receipt, milliseconds since the Unix epoch.</param>
    public PushError? Check(MetricBatch batch, BatchMark since, long receivedMs) => Check(batch, since, receivedMs, receivedMs);

    /// <summary>
    /// Checks a push that was checked when it was accepted, by the time of storing it. What was within the limits then still is: a minute may
    /// have passed, and the clock that accepted it may lead.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="since">Where the push begins in the batch.</param>
    /// <param name="storedMs">When the push was stored, milliseconds since the Unix epoch.</param>
    public PushError? CheckStored(MetricBatch batch, BatchMark since, long storedMs) =>
        Check(batch, since, storedMs - MaxStoringMs, storedMs + (PushClock.MaxSkewNs / 1_000_000));

    /// <summary>Checks the length in bytes of a metric name; null when it is within the limits.</summary>
    public PushError? CheckMetricName(int bytes) => bytes > MaxNameBytes ? TooLong(RejectCode.NameTooLong, "metric name", bytes, MaxNameBytes) : null;

    /// <summary>Checks the length in bytes of a label name; null when it is within the limits.</summary>
    public PushError? CheckLabelName(int bytes) => bytes > MaxNameBytes ? TooLong(RejectCode.NameTooLong, "label name", bytes, MaxNameBytes) : null;

    /// <summary>Checks the length in bytes of a label value; null when it is within the limits.</summary>
    public PushError? CheckLabelValue(int bytes) => bytes > MaxLabelValueBytes
        ? TooLong(RejectCode.LabelValueTooLong, "label value", bytes, MaxLabelValueBytes)
        : null;

    /// <summary>Checks the number of labels of a series, <c>__name__</c> included; null when it is within the limits.</summary>
    public PushError? CheckLabelCount(int labels) => labels > MaxLabels ? TooManyLabels() : null;

    /// <summary>Checks one timestamp; null when it is within the limits.</summary>
    public PushError? CheckTimestamp(long timestampMs, long receivedMs) => CheckTimestamp(timestampMs, receivedMs, receivedMs);

    private PushError? Check(MetricBatch batch, BatchMark since, long firstMs, long lastMs)
    {
        if (IsWithin(batch, since, firstMs, lastMs))
        {
            return null;
        }

        foreach (ref readonly var series in batch.Series[since.Series..])
        {
            if ((CheckLabels(batch, series) ?? CheckTimestamps(batch, series, firstMs, lastMs)) is { } error)
            {
                return error with { FailsGroup = true };
            }
        }

        return null;
    }

    // The time of receipt is known to lie between two times.
    private PushError? CheckTimestamp(long timestampMs, long firstMs, long lastMs)
    {
        if (timestampMs > LatestMs(lastMs))
        {
            return new PushError(RejectCode.TimestampInFuture, $"timestamp {timestampMs} is more than {FutureTolerance.TotalSeconds} s in the future");
        }

        return timestampMs < EarliestMs(firstMs)
            ? new PushError(RejectCode.TimestampTooOld, $"timestamp {timestampMs} is more than {MaxSampleAge.TotalHours} h old")
            : null;
    }

    private static PushError TooLong(string code, string what, int bytes, int most) => new(code, $"{what} of {bytes} bytes is longer than {most}");

    private PushError TooManyLabels() => new(RejectCode.TooManyLabels, $"more than {MaxLabels} labels, the metric's name included");

    private long LatestMs(long receivedMs) => receivedMs + (FutureTolerance.Ticks / TimeSpan.TicksPerMillisecond);

    // The first millisecond of the epoch is not among them: remote write 2.0 cannot tell it from a missing timestamp.
    private long EarliestMs(long receivedMs) => Math.Max(1, receivedMs - (MaxSampleAge.Ticks / TimeSpan.TicksPerMillisecond));

    // A fast check that nearly every push passes. When it fails, the series are checked one by one, and they may still be within the
    // limits: the longest symbol may be a help text.
    private bool IsWithin(MetricBatch batch, BatchMark since, long firstMs, long lastMs)
    {
        if (batch.Symbols.LongestBytes > Math.Min(MaxNameBytes, MaxLabelValueBytes))
        {
            return false;
        }

        foreach (ref readonly var series in batch.Series[since.Series..])
        {
            if (series.LabelCount >= MaxLabels)
            {
                return false;
            }
        }

        var (earliest, latest) = (EarliestMs(firstMs), LatestMs(lastMs));
        foreach (ref readonly var sample in batch.Samples[since.Samples..])
        {
            if ((sample.TimestampMs < earliest || sample.TimestampMs > latest) && sample.TimestampMs != Sample.NoTimestamp)
            {
                return false;
            }
        }

        return true;
    }

    private PushError? CheckLabels(MetricBatch batch, in Series series)
    {
        var symbols = batch.Symbols;
        if (CheckMetricName(symbols[series.Name].Length) is { } name)
        {
            return name;
        }

        if (CheckLabelCount(series.LabelCount + 1) is { } count)
        {
            return count with { Detail = $"metric \"{symbols.GetString(series.Name)}\": {count.Detail}" };
        }

        foreach (var label in batch.LabelsOf(series))
        {
            if (CheckLabelName(symbols[label.Name].Length) is { } labelName)
            {
                return labelName;
            }

            if (CheckLabelValue(symbols[label.Value].Length) is { } value)
            {
                return value with { Detail = $"label \"{symbols.GetString(label.Name)}\": {value.Detail}" };
            }
        }

        return null;
    }

    private PushError? CheckTimestamps(MetricBatch batch, in Series series, long firstMs, long lastMs)
    {
        foreach (var sample in batch.SamplesOf(series))
        {
            if (sample.TimestampMs != Sample.NoTimestamp && CheckTimestamp(sample.TimestampMs, firstMs, lastMs) is { } error)
            {
                return error;
            }
        }

        return null;
    }
}
