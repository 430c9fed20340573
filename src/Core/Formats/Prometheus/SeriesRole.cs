namespace PushGateway.Formats.Prometheus;

/// <summary>What a name on a line is to the family that it was resolved to.</summary>
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

    /// <summary>The <c>_created</c> of a metric, which only OpenMetrics has.</summary>
    Created,
}
