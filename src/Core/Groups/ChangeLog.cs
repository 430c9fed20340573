namespace PushGateway.Groups;

/// <summary>Notes which entries of a store are to be written or removed. Thread-safe; an entry is changed under its own lock.</summary>
/// <param name="isRead">Whether someone takes the changes.</param>
internal sealed class ChangeLog(bool isRead)
{
    private readonly Lock _lock = new();
    private List<StateEntry> _changed = [];
    private List<long> _removed = [];
    private long _lastId;

    /// <summary>An id that no entry has had.</summary>
    public long NewId() => Interlocked.Increment(ref _lastId);

    /// <summary>An entry of this id exists already. Not to be called beside <see cref="NewId"/>.</summary>
    public void Exists(long id) => _lastId = Math.Max(_lastId, id);

    public void Changed(StateEntry entry)
    {
        if (!isRead)
        {
            return;
        }

        lock (_lock)
        {
            if (!entry.Changed)
            {
                entry.Changed = true;
                _changed.Add(entry);
            }
        }
    }

    public void Removed(StateEntry entry)
    {
        if (!isRead)
        {
            return;
        }

        lock (_lock)
        {
            _removed.Add(entry.Id);
        }
    }

    public GroupStateChanges Take()
    {
        lock (_lock)
        {
            var changes = new GroupStateChanges(_changed, _removed);
            (_changed, _removed) = ([], []);
            foreach (var entry in changes.Changed)
            {
                entry.Changed = false;
            }

            return changes;
        }
    }

    public void Restore(GroupStateChanges changes)
    {
        changes.Changed.ForEach(Changed);
        lock (_lock)
        {
            _removed.AddRange(changes.Removed);
        }
    }
}
