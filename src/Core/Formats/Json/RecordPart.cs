namespace PushGateway.Formats.Json;

/// <summary>The parts of a record that rules are about. One item may be several parts: a key and its value are one item.</summary>
[Flags]
public enum RecordPart
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The record itself.</summary>
    Record = 1 << 0,

    /// <summary>A key of the record.</summary>
    Key = 1 << 1,

    /// <summary>The value of <c>timestamp</c>, if there is one.</summary>
    Timestamp = 1 << 2,

    /// <summary>The value of <c>dimensions</c>, also when it is missing.</summary>
    Dimensions = 1 << 3,

    /// <summary>The name of a dimension.</summary>
    DimensionName = 1 << 4,

    /// <summary>The value of a dimension, and whether its legal name repeats.</summary>
    Dimension = 1 << 5,

    /// <summary>The value of <c>metrics</c>, also when it is missing.</summary>
    Metrics = 1 << 6,

    /// <summary>The name of a metric.</summary>
    MetricName = 1 << 7,

    /// <summary>The value of a metric, and whether its legal name repeats.</summary>
    Metric = 1 << 8,

    /// <summary>The value of <c>group</c>, also when it is missing. Only of a record that must name its group.</summary>
    Group = 1 << 9,

    /// <summary>The name of a label of the group.</summary>
    GroupLabelName = 1 << 10,

    /// <summary>The value of a label of the group, and whether the label repeats.</summary>
    GroupLabel = 1 << 11,

    /// <summary>The series that a record adds to its group, or one of them.</summary>
    Series = 1 << 12,
}
