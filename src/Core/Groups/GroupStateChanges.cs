namespace PushGateway.Groups;

/// <summary>What has changed in a <see cref="MemoryGroupStore"/> since it was last asked.</summary>
public sealed class GroupStateChanges
{
    internal GroupStateChanges(List<StateEntry> changed, List<long> removed)
    {
        Changed = changed;
        Removed = removed;
    }

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty => Changed.Count == 0 && Removed.Count == 0;

    internal List<StateEntry> Changed { get; }

    internal List<long> Removed { get; }
}
