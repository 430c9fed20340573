namespace PushGateway.Formats.Json;

/// <summary>What of a record a rule is about. An item may be several: the key <c>metrics</c> is also the metrics.</summary>
[Flags]
public enum RecordPart
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The record itself.</summary>
    Record = 1 << 0,

    /// <summary>A key of the record.</summary>
    Key = 1 << 1,

    /// <summary>The value of <c>timestamp</c>, where there is one.</summary>
    Timestamp = 1 << 2,

    /// <summary>The value of <c>dimensions</c>, or that it is missing.</summary>
    Dimensions = 1 << 3,

    /// <summary>The name of a dimension.</summary>
    DimensionName = 1 << 4,

    /// <summary>A dimension whose name is in order.</summary>
    Dimension = 1 << 5,

    /// <summary>The value of <c>metrics</c>, or that it is missing.</summary>
    Metrics = 1 << 6,

    /// <summary>The name of a metric.</summary>
    MetricName = 1 << 7,

    /// <summary>A metric whose name is in order.</summary>
    Metric = 1 << 8,

    /// <summary>The value of <c>group</c>, or that it is missing where a record has to name its group.</summary>
    Group = 1 << 9,

    /// <summary>The name of a label of the group.</summary>
    GroupLabelName = 1 << 10,

    /// <summary>A label of the group whose name is in order.</summary>
    GroupLabel = 1 << 11,

    /// <summary>The series that a record adds to its group: all of them, or one.</summary>
    Series = 1 << 12,
}
