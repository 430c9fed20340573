namespace PushGateway.Formats.OpenMetrics;

/// <summary>The role of a sample in its metric family. The sample's name is the family's name and the role's suffix.</summary>
internal enum OpenMetricsRole : byte
{
    /// <summary>The family's own name: gauges, unknowns, states, quantiles.</summary>
    Own,

    /// <summary>The <c>_bucket</c> of a histogram or gauge histogram.</summary>
    Bucket,

    /// <summary>The <c>_total</c> of a counter.</summary>
    Total,

    /// <summary>The <c>_info</c> of an info.</summary>
    Info,

    /// <summary>The <c>_sum</c> of a histogram or summary.</summary>
    Sum,

    /// <summary>The <c>_count</c> of a histogram or summary.</summary>
    Count,

    /// <summary>The <c>_gsum</c> of a gauge histogram.</summary>
    GaugeSum,

    /// <summary>The <c>_gcount</c> of a gauge histogram.</summary>
    GaugeCount,

    /// <summary>The <c>_created</c> of a counter, histogram or summary.</summary>
    Created,
}
