using PushGateway.Groups;
using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>
/// Removes completed messages and writes changed group state in one transaction, a little later than they occur. A group or series that
/// many pushes change is then written only once. After a crash in between, the messages come again, which is harmless. Thread-safe.
/// </summary>
internal sealed class Checkpointer : IAsyncDisposable
{
    // Long enough to collect the pushes of a moment. Short enough that writing them does not hold up the next pushes for long.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    // After a failure, such as a full disk, the next try waits longer.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly GroupCommitWriter _writer;
    private readonly MemoryGroupStore _groups;
    private readonly Action<Exception>? _onFailure;
    private readonly ITimer _timer;
    private List<IdRun> _completed = [];
    private List<UnreadableRow> _unreadable = [];
    private bool _scheduled;
    private bool _closed;

    /// <summary>Creates a checkpointer that has nothing to do.</summary>
    public Checkpointer(GroupCommitWriter writer, MemoryGroupStore groups, TimeProvider timeProvider, Action<Exception>? onFailure)
    {
        _writer = writer;
        _groups = groups;
        _onFailure = onFailure;
        _timer = timeProvider.CreateTimer(_ => _ = FlushAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Notes that the messages are completed. Every group change that was made before belongs to them.</summary>
    public void Complete(IReadOnlyList<ReceivedMessage> messages)
    {
        lock (_lock)
        {
            IdRuns.Add(_completed, messages);
            ScheduleLocked(Interval);
        }
    }

    /// <summary>Why the last write failed; null when it did not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Notes messages that cannot be read. They become dead letters.</summary>
    public void SetAside(IReadOnlyList<UnreadableRow> messages)
    {
        lock (_lock)
        {
            _unreadable.AddRange(messages);
            ScheduleLocked(Interval);
        }
    }

    /// <summary>
    /// Moves messages to the dead letters at once. What they led to is written with that: some of their series may be in their group, and in the
    /// target.
    /// </summary>
    /// <exception cref="QueueUnavailableException">The messages are still in the queue.</exception>
    public async Task DeadLetterAsync(IReadOnlyList<DeadLetter> letters)
    {
        var changes = _groups.TakeChanges();
        try
        {
            await _writer.WriteAsync(new CheckpointRequest(changes, _groups) { DeadLetters = letters });
        }
        catch (QueueUnavailableException)
        {
            _groups.Restore(changes);
            Schedule();
            throw;
        }
    }

    /// <summary>Schedules a write of what has changed.</summary>
    public void Schedule()
    {
        lock (_lock)
        {
            ScheduleLocked(Interval);
        }
    }

    /// <summary>Writes everything that is noted. A failure is reported, not thrown, and everything stays noted for the next try.</summary>
    public async Task FlushAsync()
    {
        List<IdRun> completed;
        List<UnreadableRow> unreadable;
        lock (_lock)
        {
            _scheduled = false;
            (completed, _completed) = (_completed, []);
            (unreadable, _unreadable) = (_unreadable, []);
        }

        // Taken after the completed messages, so it includes every change that they led to.
        var changes = _groups.TakeChanges();
        if (completed.Count == 0 && unreadable.Count == 0 && changes.IsEmpty)
        {
            return;
        }

        try
        {
            await _writer.WriteAsync(new CheckpointRequest(changes, _groups) { Completed = completed, Unreadable = unreadable });
            Failure = null;
        }
        catch (QueueUnavailableException e)
        {
            Failure = e;
            _groups.Restore(changes);
            lock (_lock)
            {
                _completed.AddRange(completed);
                _unreadable.AddRange(unreadable);
                ScheduleLocked(RetryInterval);
            }

            _onFailure?.Invoke(e);
        }
    }

    /// <summary>Writes everything that is noted. Nothing is written afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _closed = true;
        }

        await _timer.DisposeAsync();
        await FlushAsync();
    }

    private void ScheduleLocked(TimeSpan wait)
    {
        if (!_scheduled && !_closed)
        {
            _scheduled = true;
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }
}
