using PushGateway.Exposition;

namespace PushGateway.Groups;

/// <summary>A scan of a <see cref="MemoryGroupStore"/>. A group is shown at one instant; pushes may be applied between two groups.</summary>
/// <param name="groups">The groups, in ordinal order of their paths.</param>
/// <param name="openUngrouped">Opens a scan of the ungrouped series, once, when they are wanted.</param>
internal sealed class MemoryScan(GroupState[] groups, Func<UngroupedScan> openUngrouped) : IHeldScan
{
    private UngroupedScan? _ungrouped;
    private int _next;

    /// <inheritdoc/>
    public void Rewind()
    {
        _next = 0;
        _ungrouped?.Rewind();
    }

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
            lock (groups[_next])
            {
                groups[_next].Show(visitor);
            }
        }

        return visitor.TakesOnlyGroups || (_ungrouped ??= openUngrouped()).ReadOn(visitor, cancellationToken);
    }
}
