using PushGateway.Groups;

namespace PushGateway.Core.Tests.Groups;

/// <summary>Rows kept in memory.</summary>
internal sealed class TestRows : IGroupStateWriter
{
    public Dictionary<long, byte[]> Rows { get; } = [];

    public void Put(long id, ReadOnlySpan<byte> row) => Rows[id] = row.ToArray();

    public void Remove(long id) => Rows.Remove(id);
}
