namespace PushGateway.Model;

/// <summary>A series of a <see cref="MetricBatch"/>: its name, and where its labels and samples lie.</summary>
public struct Series
{
    /// <summary>Index of the family in <see cref="MetricBatch.Families"/>.</summary>
    public int Family { get; set; }

    /// <summary>Symbol of the series' own name (<c>__name__</c>), for example <c>http_seconds_bucket</c>.</summary>
    public int Name { get; set; }

    /// <summary>Index of the first label in <see cref="MetricBatch.Labels"/>.</summary>
    public int LabelStart { get; set; }

    /// <summary>Number of labels, <c>__name__</c> not counted.</summary>
    public int LabelCount { get; set; }

    /// <summary>
    /// A digest of the labels that were pushed and are not here, because they are empty or the group's have taken their place; 0 when
    /// there are none. It tells equal series apart that were not pushed as one.
    /// </summary>
    public int DroppedLabels { get; set; }

    /// <summary>Index of the first sample in <see cref="MetricBatch.Samples"/>.</summary>
    public int SampleStart { get; set; }

    /// <summary>Number of samples.</summary>
    public int SampleCount { get; set; }
}
