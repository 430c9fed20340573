namespace PushGateway.Model;

/// <summary>A series of a <see cref="MetricBatch"/>: its name, and the positions of its labels and samples.</summary>
public struct Series
{
    /// <summary>Index of the family in <see cref="MetricBatch.Families"/>.</summary>
    public int Family { get; set; }

    /// <summary>Symbol of the series' own name (<c>__name__</c>), for example <c>http_seconds_bucket</c>.</summary>
    public int Name { get; set; }

    /// <summary>Index of the first label in <see cref="MetricBatch.Labels"/>.</summary>
    public int LabelStart { get; set; }

    /// <summary>Number of labels without <c>__name__</c>.</summary>
    public int LabelCount { get; set; }

    /// <summary>
    /// A digest of the pushed labels that were dropped because they are empty or the grouping labels replace them; 0 when there are none.
    /// With it, two series that became equal can be told from one series that was pushed twice.
    /// </summary>
    public int DroppedLabels { get; set; }

    /// <summary>Index of the first sample in <see cref="MetricBatch.Samples"/>.</summary>
    public int SampleStart { get; set; }

    /// <summary>Number of samples.</summary>
    public int SampleCount { get; set; }
}
