using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>Something that a durable store keeps as one row. Whoever looks at it or changes it holds the lock that it belongs to.</summary>
internal abstract class StateEntry(long id)
{
    /// <summary>Identifies the row for as long as the entry lives.</summary>
    public long Id { get; } = id;

    /// <summary>Whether the entry waits to be written. Only the <see cref="ChangeLog"/> looks at it.</summary>
    public bool Changed { get; set; }

    /// <summary>Writes the row.</summary>
    public abstract void WriteRow(BlobWriter writer);
}
