namespace PushGateway.Formats.Prometheus;

/// <summary>The role of a series in its family, given by the suffix of its name.</summary>
internal enum SeriesRole : byte
{
    /// <summary>The family's own name.</summary>
    Own,

    /// <summary>The <c>_sum</c> of a histogram or summary.</summary>
    Sum,

    /// <summary>The <c>_count</c> of a histogram or summary.</summary>
    Count,

    /// <summary>The <c>_bucket</c> of a histogram.</summary>
    Bucket,

    /// <summary>The <c>_created</c> of a metric. Only OpenMetrics has it.</summary>
    Created,
}
