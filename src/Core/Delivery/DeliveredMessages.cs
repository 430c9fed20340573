using PushGateway.Queue;

namespace PushGateway.Delivery;

/// <summary>
/// The messages that were delivered in the last minutes. A standard queue of SQS may hand out a message twice, and a target that has its
/// samples, or newer ones, may refuse them the second time. Thread-safe.
/// </summary>
internal sealed class DeliveredMessages(TimeProvider time)
{
    private const int Most = 100_000;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly HashSet<Guid> _ids = [];
    private readonly Queue<(Guid Id, long Timestamp)> _order = new();

    /// <summary>Whether a message was delivered. Only ids that are UUIDs, as those of SQS are, are remembered.</summary>
    public bool Contains(ReceivedMessage message)
    {
        lock (_lock)
        {
            return _ids.Count > 0 && message.TryGetUuid(out var id) && _ids.Contains(id);
        }
    }

    /// <summary>Remembers messages that were delivered.</summary>
    public void Add(IEnumerable<ReceivedMessage> messages)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            foreach (var message in messages)
            {
                if (message.TryGetUuid(out var id) && _ids.Add(id))
                {
                    _order.Enqueue((id, now));
                }
            }

            while (_order.TryPeek(out var oldest) && (_order.Count > Most || time.GetElapsedTime(oldest.Timestamp, now) > Memory))
            {
                _ids.Remove(_order.Dequeue().Id);
            }
        }
    }
}
