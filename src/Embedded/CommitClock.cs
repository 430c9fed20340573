using PushGateway.Push;

namespace PushGateway.Embedded;

/// <summary>
/// Gives pushes their times in the order in which they are stored, and knows in which milliseconds more may yet be stored. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class CommitClock(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly PushClock _clock = new(time);
    private long _firstUncommittedNs = long.MaxValue;

    /// <summary>The time of the next push of the transaction, nanoseconds since the Unix epoch.</summary>
    public long Next()
    {
        lock (_lock)
        {
            var next = _clock.Next();
            _firstUncommittedNs = Math.Min(_firstUncommittedNs, next);
            return next;
        }
    }

    /// <summary>The transaction was committed and its messages can be read, or it was rolled back.</summary>
    public void Ended()
    {
        lock (_lock)
        {
            _firstUncommittedNs = long.MaxValue;
        }
    }

    /// <summary>
    /// The milliseconds in which pushes may yet be committed that cannot be read now. What is read after this call is all that there is of
    /// every other.
    /// </summary>
    public OpenMilliseconds Open
    {
        get
        {
            lock (_lock)
            {
                var next = _clock.Earliest();
                return new OpenMilliseconds(OpenMilliseconds.Of(Math.Min(_firstUncommittedNs, next)), OpenMilliseconds.Of(next));
            }
        }
    }
}
