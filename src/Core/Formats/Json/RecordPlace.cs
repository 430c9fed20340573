namespace PushGateway.Formats.Json;

/// <summary>Where a record that names its group is.</summary>
internal struct RecordPlace
{
    /// <summary>Index among the records of the body.</summary>
    public int Record;

    /// <summary>Offset of its first byte in the body.</summary>
    public int Offset;

    /// <summary>Index of its first series in the batch, once it is read.</summary>
    public int FirstSeries;
}
