using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>
/// A request to write. It is itself the task that completes once the request is committed. Continuations never run on the writer's thread.
/// </summary>
internal abstract class WriteRequest() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private QueueUnavailableException? _refusal;

    /// <summary>Whether <see cref="Execute"/> has refused the request.</summary>
    protected bool IsRefused => _refusal is not null;

    /// <summary>Writes inside a transaction that it shares with other requests.</summary>
    public abstract void Execute(WriterSession session);

    /// <summary>Called when the transaction is committed.</summary>
    public virtual void OnCommitted()
    {
        if (_refusal is null)
        {
            TrySetResult();
        }
        else
        {
            TrySetException(_refusal);
        }
    }

    /// <summary>Called after <see cref="WriterSession.Maintain"/>, which follows the commit.</summary>
    public virtual void OnMaintained()
    {
    }

    /// <summary>Called when the transaction failed. Nothing of the request is stored.</summary>
    public void OnFailed(QueueUnavailableException reason) => TrySetException(reason);

    /// <summary>Called by <see cref="Execute"/> when the request is refused and has written nothing. The transaction goes on.</summary>
    protected void Refuse(string reason) => _refusal = new QueueUnavailableException(reason);
}
