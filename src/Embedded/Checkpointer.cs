using PushGateway.Groups;
using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>
/// Removes completed messages and writes changed group state, together and a little later: a group or series that many pushes
/// hit is then written once. A crash in between brings the messages again, which is harmless.
/// </summary>
internal sealed class Checkpointer : IAsyncDisposable
{
    // Long enough to gather the pushes of a moment, short enough that writing them does not hold up the next for long.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    // A full disk is not asked again at once.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly GroupCommitWriter _writer;
    private readonly MemoryGroupStore _groups;
    private readonly Action<Exception>? _onFailure;
    private readonly ITimer _timer;
    private List<IdRun> _completed = [];
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

    /// <summary>Notes that the messages are done, and with them every group change made before.</summary>
    public void Complete(IReadOnlyList<ReceivedMessage> messages)
    {
        lock (_lock)
        {
            IdRuns.Add(_completed, messages);
            ScheduleLocked(Interval);
        }
    }

    /// <summary>Sees to it that what has changed is written soon.</summary>
    public void Schedule()
    {
        lock (_lock)
        {
            ScheduleLocked(Interval);
        }
    }

    /// <summary>Writes what there is. Failures are reported, not thrown; what was to be written is kept for the next time.</summary>
    public async Task FlushAsync()
    {
        List<IdRun> completed;
        lock (_lock)
        {
            _scheduled = false;
            (completed, _completed) = (_completed, []);
        }

        // Taken after the completed messages: it holds everything that they led to.
        var changes = _groups.TakeChanges();
        if (completed.Count == 0 && changes.IsEmpty)
        {
            return;
        }

        try
        {
            await _writer.WriteAsync(new CheckpointRequest(completed, changes, _groups));
        }
        catch (QueueUnavailableException e)
        {
            _groups.Restore(changes);
            lock (_lock)
            {
                _completed.AddRange(completed);
                ScheduleLocked(RetryInterval);
            }

            _onFailure?.Invoke(e);
        }
    }

    /// <summary>Writes what there is, and nothing after that.</summary>
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
