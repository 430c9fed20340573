using Microsoft.Data.Sqlite;
using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>
/// The one thread that writes. Whatever waits when it gets to work goes into one transaction, so that concurrent pushes share a commit.
/// A transaction that fails fails the requests in it and no other; the thread goes on.
/// </summary>
internal sealed class GroupCommitWriter : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly WriterSession _session;
    private readonly Action _onCommitted;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<WriteRequest> _pending = [];
    private bool _closed;

    /// <summary>Starts the thread.</summary>
    /// <param name="session">Becomes the writer's own.</param>
    /// <param name="onCommitted">Called on the writer's thread after every commit.</param>
    public GroupCommitWriter(WriterSession session, Action onCommitted)
    {
        _session = session;
        _onCommitted = onCommitted;
        new Thread(Run) { IsBackground = true, Name = "SQLite writer" }.Start();
    }

    /// <summary>Writes; what the request refers to is in use until the task completes.</summary>
    /// <exception cref="QueueUnavailableException">It could not be written, and nothing of it is stored.</exception>
    public Task WriteAsync(WriteRequest request)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new QueueUnavailableException("the queue is closed");
            }

            _pending.Add(request);
            if (_pending.Count == 1)
            {
                Monitor.Pulse(_gate);
            }
        }

        return request.Task;
    }

    /// <summary>Takes no more requests, writes those that wait, and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }

        await _ended.Task;
    }

    private void Run()
    {
        var batch = new List<WriteRequest>();
        while (TakePending(ref batch))
        {
            Write(batch);
            batch.Clear();
        }

        // Closing the last connection moves the write-ahead log into the database.
        _session.Dispose();
        _ended.SetResult();
    }

    private bool TakePending(ref List<WriteRequest> batch)
    {
        lock (_gate)
        {
            while (_pending.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            (batch, _pending) = (_pending, batch);
            return true;
        }
    }

    private void Write(List<WriteRequest> batch)
    {
        try
        {
            _session.Begin();
            foreach (var request in batch)
            {
                request.Execute(_session);
            }

            _session.Commit();
        }
#pragma warning disable CA1031 // Whatever went wrong, the requests must hear of it and the thread must go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Abort(batch, e);
            return;
        }

        _onCommitted();
        foreach (var request in batch)
        {
            request.OnCommitted();
        }
    }

    private void Abort(List<WriteRequest> batch, Exception cause)
    {
        try
        {
            _session.Rollback();
        }
        catch (SqliteException)
        {
            // The next BEGIN fails too, and says so to whoever asked for it.
        }

        foreach (var request in batch)
        {
            request.OnFailed(new QueueUnavailableException($"the queue cannot be written: {cause.Message}", cause));
        }
    }
}
