using PushGateway.Exposition;
using PushGateway.Groups;

namespace PushGateway.Aws.DynamoDb;

/// <summary>A scan of the groups of a table.</summary>
/// <param name="groups">The groups, in ordinal order of their paths.</param>
/// <param name="read">Reads one; null when it is to be skipped.</param>
internal sealed class DynamoScan(EncodedGroup[] groups, Func<EncodedGroup, GroupRow?> read) : IHeldScan
{
    private int _next;

    /// <inheritdoc/>
    public void Rewind() => _next = 0;

    /// <inheritdoc/>
    public bool ReadOn(IHeldVisitor visitor, CancellationToken cancellationToken)
    {
        for (; _next < groups.Length; _next++)
        {
            if (visitor.IsFull)
            {
                return false;
            }

            cancellationToken.ThrowIfCancellationRequested();
            read(groups[_next])?.Show(visitor);
        }

        return true;
    }
}
