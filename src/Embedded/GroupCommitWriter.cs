using Microsoft.Data.Sqlite;
using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>
/// The only thread that writes. It puts all waiting requests into one transaction, so concurrent pushes share a commit. When a transaction
/// fails, only the requests in it fail, and the thread goes on.
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
    /// <param name="session">The session. The writer owns it from now on.</param>
    /// <param name="onCommitted">Called on the writer's thread after every commit.</param>
    public GroupCommitWriter(WriterSession session, Action onCommitted)
    {
        _session = session;
        _onCommitted = onCommitted;
        new Thread(Run) { IsBackground = true, Name = "SQLite writer" }.Start();
    }

    /// <summary>Queues a request. What the request refers to must stay unchanged until the task completes.</summary>
    /// <exception cref="QueueUnavailableException">The request could not be written. Nothing of it is stored.</exception>
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

    /// <summary>Refuses new requests, writes the waiting ones, and closes the connection.</summary>
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
#pragma warning disable CA1031 // Whatever went wrong, the requests must get the error and the thread must go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Abort(batch, e);
            return;
        }

        foreach (var request in batch)
        {
            request.OnCommitted();
        }

        _session.Clock.Ended();
        _onCommitted();
        Maintain();
        foreach (var request in batch)
        {
            request.OnMaintained();
        }
    }

    // Whatever goes wrong here is tried again after the next commit. What was committed stays so.
    private void Maintain()
    {
        try
        {
            _session.Maintain();
        }
#pragma warning disable CA1031 // The thread must go on.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private void Abort(List<WriteRequest> batch, Exception cause)
    {
        try
        {
            _session.Rollback();
            _session.Rescue(cause);
        }
        catch (SqliteException)
        {
            // The next BEGIN fails as well and reports the error to its requests.
        }

        _session.Clock.Ended();

        foreach (var request in batch)
        {
            request.OnFailed(new QueueUnavailableException($"the queue cannot be written: {cause.Message}", cause));
        }
    }
}
