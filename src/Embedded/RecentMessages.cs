using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>
/// The newest stored messages that nobody has looked at, in order, within a budget. If one does not fit, it and all later ones are read from
/// the file until the reader has caught up. Not thread-safe.
/// </summary>
/// <param name="maxBytes">Bytes of memory to use.</param>
/// <param name="lastStored">The id of the last message in the file.</param>
internal sealed class RecentMessages(long maxBytes, long lastStored)
{
    private readonly Queue<(ReceivedMessage Message, long Bytes)> _messages = new();
    private long _bytes;
    private long _lastStored = lastStored;
    private long _millisecondLeftOut;
    private bool _isComplete = lastStored == 0;

    /// <summary>Whether the next messages to look at are here. Otherwise they are in the file alone.</summary>
    public bool HasNext => _isComplete || _messages.Count > 0;

    /// <summary>A message was stored behind all others.</summary>
    /// <param name="message">The message.</param>
    /// <param name="next">The first id that nobody has looked at.</param>
    /// <param name="bytes">Bytes of memory that the message takes as long as it is here.</param>
    /// <returns>Whether it was added.</returns>
    public bool TryAdd(ReceivedMessage message, long next, long bytes)
    {
        _lastStored = IdRuns.IdOf(message);
        if (_lastStored < next || !_isComplete)
        {
            return false;
        }

        if (_bytes + bytes > maxBytes)
        {
            (_isComplete, _millisecondLeftOut) = (false, Millisecond(message));
            return false;
        }

        _messages.Enqueue((message, bytes));
        _bytes += bytes;
        return true;
    }

    /// <summary>The file was read up to an id.</summary>
    public void CaughtUp(long next) => _isComplete |= next > _lastStored;

    /// <summary>
    /// Takes messages, until there are <paramref name="maxMessages"/> or the bodies reach <paramref name="bodyBytes"/>, and then on to the end
    /// of the millisecond. Stops before a message of an open millisecond.
    /// </summary>
    /// <returns>Whether it has stopped there.</returns>
    public bool Take(List<ReceivedMessage> destination, int maxMessages, long bodyBytes, OpenMilliseconds open)
    {
        var limit = new ReceiveLimit(maxMessages, bodyBytes);
        while (_messages.TryPeek(out var next))
        {
            var millisecond = Millisecond(next.Message);
            if (!_isComplete && millisecond == _millisecondLeftOut)
            {
                LeaveToFile();
                return false;
            }

            if (open.Contains(millisecond))
            {
                return true;
            }

            if (!limit.Admits(millisecond))
            {
                return false;
            }

            limit.Count(millisecond, next.Message.Message.Body.Length);
            _messages.Dequeue();
            _bytes -= next.Bytes;
            destination.Add(next.Message);
        }

        return false;
    }

    // The file has the rest of this millisecond, so all of it is read from there.
    private void LeaveToFile()
    {
        foreach (var (message, _) in _messages)
        {
            if (message.TryTakeAccepted(out var accepted))
            {
                accepted.Batch.Release();
            }
        }

        _messages.Clear();
        _bytes = 0;
    }

    private static long Millisecond(ReceivedMessage message) => OpenMilliseconds.Of(message.StoredNs!.Value);
}
