namespace PushGateway.Groups;

/// <summary>Something that a durable store keeps as one row.</summary>
internal abstract class StateEntry(long id)
{
    /// <summary>Identifies the row for as long as the entry lives.</summary>
    public long Id { get; } = id;

    /// <summary>Whether the entry waits to be written.</summary>
    public bool Changed { get; set; }

    /// <summary>Writes the row.</summary>
    public abstract void WriteRow(BlobWriter writer);
}
