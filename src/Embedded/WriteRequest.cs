using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>
/// Something to write; itself the promise that it is done, which is kept after the commit and never on the writer's thread.
/// </summary>
internal abstract class WriteRequest() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private QueueUnavailableException? _refusal;

    /// <summary>Writes, inside a transaction that other requests share.</summary>
    public abstract void Execute(WriterSession session);

    /// <summary>The transaction is committed.</summary>
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

    /// <summary>The transaction is not committed: nothing of it is stored.</summary>
    public void OnFailed(QueueUnavailableException reason) => TrySetException(reason);

    /// <summary>Called by <see cref="Execute"/> when it wrote nothing and never will; the transaction goes on.</summary>
    protected void Refuse(string reason) => _refusal = new QueueUnavailableException(reason);
}
