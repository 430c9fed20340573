using PushGateway.Exposition;
using PushGateway.Groups;

namespace PushGateway.Aws.DynamoDb;

/// <summary>A scan of the groups of a table.</summary>
/// <param name="items">The groups, in ordinal order of their paths.</param>
/// <param name="read">Reads one; null when it is to be skipped.</param>
internal sealed class DynamoScan(DynamoGroupItem[] items, Func<DynamoGroupItem, GroupRow?> read) : IHeldScan
{
    private int _next;

    /// <inheritdoc/>
    public void Rewind() => _next = 0;

    /// <inheritdoc/>
    public bool ReadOn(IHeldVisitor visitor, CancellationToken cancellationToken)
    {
        for (; _next < items.Length; _next++)
        {
            if (visitor.IsFull)
            {
                return false;
            }

            cancellationToken.ThrowIfCancellationRequested();
            read(items[_next])?.Show(visitor);
        }

        return true;
    }
}
