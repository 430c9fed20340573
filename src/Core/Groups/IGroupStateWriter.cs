namespace PushGateway.Groups;

/// <summary>Where a durable store keeps the rows of a <see cref="MemoryGroupStore"/>.</summary>
public interface IGroupStateWriter
{
    /// <summary>Writes a row, in place of an older one with the same id. The bytes are lent for the duration of the call.</summary>
    void Put(long id, ReadOnlySpan<byte> row);

    /// <summary>Removes a row, which need not exist.</summary>
    void Remove(long id);
}
