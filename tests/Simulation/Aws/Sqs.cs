using System.Globalization;
using PushGateway.Queue;

namespace PushGateway.Simulation.Aws;

/// <summary>A standard queue of SQS: it hands out any message that is not hidden, now and then one twice, in no order.</summary>
internal sealed class Sqs(World world, Disk disk, FleetOptions options)
{
    private const int TwiceInOne = 500;

    private readonly TimeSpan _visibilityTimeout = options.VisibilityTimeout;
    private readonly Dictionary<long, Entry> _entries = [];
    private readonly List<long> _ids = [];

    /// <summary>What the queue can carry.</summary>
    public MessageCapacity Capacity { get; } = new(options.MaxMessageBytes, TextOnly: true, ChunkBytes: 0);

    /// <summary>Takes the messages of a push.</summary>
    public async Task SendAsync(Life life, SimulatedPush push)
    {
        await life.DelayAsync(world.Between(1, 10));
        (push.StoredMs, push.Order) = (world.NowMs, disk.LastId);
        foreach (var message in push.Messages)
        {
            Acceptance.Read(Received(0, message, world.NowMs, receives: 1), out var pushTimeNs);
            push.PushTimeNs = push.ClockNs = pushTimeNs;
            disk.Messages.Add(++disk.LastId, (message, pushTimeNs));
            disk.Accepted.Add(message);
            _entries.Add(disk.LastId, new Entry(world.NowMs));
            _ids.Add(disk.LastId);
        }

        Acceptance.Expect(push, message => Received(0, message, push.StoredMs, receives: 1));
        await life.DelayAsync(world.Between(1, 10));
    }

    /// <summary>Hands out messages.</summary>
    public List<ReceivedMessage> Receive(int maxMessages)
    {
        var received = new List<ReceivedMessage>();
        var nowMs = world.NowMs;
        var first = _ids.Count == 0 ? 0 : world.Random.Next(_ids.Count);
        for (var i = 0; i < _ids.Count && received.Count < maxMessages; i++)
        {
            var id = _ids[(first + i) % _ids.Count];
            var entry = _entries[id];
            if (entry.HiddenUntilMs <= nowMs)
            {
                entry.HiddenUntilMs = nowMs + (world.Random.Next(TwiceInOne) == 0 ? 1 : (long)_visibilityTimeout.TotalMilliseconds);
                received.Add(Received(id, disk.Messages[id].Message, entry.SentMs, ++entry.Receives));
            }
        }

        return received;
    }

    /// <summary>Hides a message for a time from now on.</summary>
    public void Hide(ReceivedMessage message, TimeSpan time)
    {
        if (_entries.TryGetValue(IdOf(message), out var entry))
        {
            entry.HiddenUntilMs = world.NowMs + (long)time.TotalMilliseconds;
        }
    }

    /// <summary>Hides messages on which a worker works on.</summary>
    public void Hide(ReceivedMessage message) => Hide(message, _visibilityTimeout);

    /// <summary>Removes a message; null when it was removed before.</summary>
    public QueueMessage? Remove(ReceivedMessage message)
    {
        var id = IdOf(message);
        if (!_entries.Remove(id))
        {
            return null;
        }

        _ids.Remove(id);
        disk.Messages.Remove(id, out var stored);
        return stored.Message;
    }

    /// <summary>Moves a message to the dead-letter queue.</summary>
    public void Bury(DeadLetter letter)
    {
        if (Remove(letter.Message) is { } message)
        {
            disk.DeadLetters.Add(message, letter.Reason);
            disk.DiedMs.Add(message, world.NowMs);
        }
    }

    private static ReceivedMessage Received(long id, QueueMessage message, long sentMs, int receives) =>
        new(new Guid((int)id, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]).ToString(), message, sentMs, id.ToString(CultureInfo.InvariantCulture)) { IsRedelivered = receives > 1 };

    private static long IdOf(ReceivedMessage message) => long.Parse((string)message.Receipt!, CultureInfo.InvariantCulture);

    private sealed class Entry(long sentMs)
    {
        public long SentMs => sentMs;

        public long HiddenUntilMs { get; set; }

        public int Receives { get; set; }
    }
}
