namespace PushGateway.Groups;

/// <summary>Counts the groups that there are, and those that accepted pushes are about to make. Thread-safe.</summary>
/// <param name="most">Most of them.</param>
internal sealed class GroupPlaces(int most)
{
    private int _taken;

    /// <summary>Takes a place if one is free.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= most)
        {
            return true;
        }

        Free();
        return false;
    }

    /// <summary>Takes a place for a group that is there already.</summary>
    public void Take() => Interlocked.Increment(ref _taken);

    public void Free() => Interlocked.Decrement(ref _taken);
}
