using PushGateway.Push;

namespace PushGateway.Embedded;

/// <summary>
/// Gives pushes their times in the order in which they are stored, and knows in which milliseconds more may yet be stored. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="lastNs">The time of the last push in the file, nanoseconds since the Unix epoch.</param>
internal sealed class CommitClock(TimeProvider time, long lastNs)
{
    private readonly Lock _lock = new();
    private readonly PushClock _clock = new(time, lastNs);
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
    /// The milliseconds to which a later commit may still add pushes. A reader that starts after this call sees all pushes of any other
    /// millisecond. No push gets a time before that of this call.
    /// </summary>
    public OpenMilliseconds Open()
    {
        lock (_lock)
        {
            var next = _clock.Next();
            return OpenMilliseconds.From(Math.Min(_firstUncommittedNs, next), next);
        }
    }
}
