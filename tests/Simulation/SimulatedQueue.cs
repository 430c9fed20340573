using System.Globalization;
using PushGateway.Groups;
using PushGateway.Push;
using PushGateway.Queue;

namespace PushGateway.Simulation;

/// <summary>The embedded queue and its checkpoints, on a simulated disk.</summary>
internal sealed class SimulatedQueue : IOrderedPushQueue, IGroupStateWriter
{
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const long MaxReadingMs = 2000;

    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMilliseconds(200);

    private readonly World _world;
    private readonly Life _life;
    private readonly Disk _disk;
    private readonly MemoryGroupStore _groups;
    private readonly long _lastIdAtStart;
    private readonly HashSet<long> _sentAtStart;
    private readonly PushClock _clock;
    private List<long> _completed = [];
    private TaskCompletionSource _arrival = new();
    private long _next = 1;
    private long _nextToPeek = 1;
    private long _peekedFrom = 1;
    private bool _checkpointing;

    public SimulatedQueue(World world, Life life, Disk disk, MemoryGroupStore groups, int maxMessageBytes)
    {
        Capacity = new MessageCapacity(maxMessageBytes, TextOnly: false, ChunkBytes: 0);
        (_world, _life, _disk, _groups) = (world, life, disk, groups);
        _lastIdAtStart = disk.LastId;
        _sentAtStart = [.. disk.Sent];
        _clock = new PushClock(life.Time, disk.Messages.Select(stored => stored.Value.StoredNs).LastOrDefault());
        foreach (var (id, row) in disk.GroupRows)
        {
            groups.Load(id, row);
        }
    }

    public MessageCapacity Capacity { get; }

    public QueueBacklog Backlog => new(_disk.Messages.Count, _disk.Messages.Count > 0 ? _disk.Messages.Values.First().StoredNs / NanosecondsPerMillisecond : null);

    public ValueTask EnqueueAsync(IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken) => EnqueueAsync(messages, _ => { });

    public ValueTask EnqueueAsync(
        IReadOnlyList<QueueMessage> messages, IReadOnlyList<BatchedPush> pushes, SharedBatch batch, CancellationToken cancellationToken) =>
        EnqueueAsync(messages, cancellationToken);

    /// <summary>Stores messages, and tells the time that they get.</summary>
    public async ValueTask EnqueueAsync(IReadOnlyList<QueueMessage> messages, Action<long> onStored)
    {
        await _life.DelayAsync(_world.Between(0.1, 2));
        ThrowIfFull();
        var storedNs = _clock.Next();
        onStored(storedNs);
        foreach (var message in messages)
        {
            _disk.Messages.Add(++_disk.LastId, (message, storedNs));
            _disk.Accepted.Add(message);
        }

        Arrived();
        await _life.DelayAsync(_world.Between(0, 1));
    }

    public async ValueTask<IReadOnlyList<ReceivedMessage>> PeekAsync(int maxMessages, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var arrival = _arrival.Task;
            _peekedFrom = _nextToPeek;
            if (Read(ref _nextToPeek, _disk.LastId + 1, maxMessages) is { Count: > 0 } messages)
            {
                return messages;
            }

            await (_nextToPeek <= _disk.LastId ? _life.DelayAsync(TimeSpan.FromMilliseconds(1)) : arrival);
        }
    }

    public bool TryReceivePeeked()
    {
        if (_next != _peekedFrom)
        {
            return false;
        }

        _next = _nextToPeek;
        return true;
    }

    public IReadOnlyList<ReceivedMessage> ReceiveThrough(ReceivedMessage last, int maxMessages) =>
        Read(ref _next, IdOf(last) + 1, maxMessages, isOver: true);

    public ValueTask CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        _completed.AddRange(messages.Select(IdOf));
        Checkpoint();
        return default;
    }

    public async ValueTask NoteSendingAsync(IReadOnlyList<ReceivedMessage> messages)
    {
        await _life.DelayAsync(_world.Between(0.1, 2));
        ThrowIfFull();
        _disk.Sent.UnionWith(messages.Select(IdOf));
        await _life.DelayAsync(_world.Between(0, 1));
    }

    public async ValueTask NoteUnsentAsync(IReadOnlyList<ReceivedMessage> messages)
    {
        await _life.DelayAsync(_world.Between(0.1, 2));
        ThrowIfFull();
        _disk.Sent.ExceptWith(messages.Select(IdOf));
        await _life.DelayAsync(_world.Between(0, 1));
    }

    public async ValueTask DeadLetterAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        await _life.DelayAsync(_world.Between(0.1, 2));
        ThrowIfFull();
        foreach (var letter in letters)
        {
            if (_disk.Messages.Remove(IdOf(letter.Message), out var message))
            {
                _disk.DeadLetters.Add(message.Message, letter.Reason);
                _disk.DiedMs.Add(message.Message, _world.NowMs);
            }
        }

        _groups.Write(_groups.TakeChanges(), this);
    }

    public ValueTask CheckAsync(CancellationToken cancellationToken) => default;

    void IGroupStateWriter.Put(long id, ReadOnlySpan<byte> row) => _disk.GroupRows[id] = row.ToArray();

    void IGroupStateWriter.Remove(long id) => _disk.GroupRows.Remove(id);

    private static long Milliseconds(long nanoseconds) => nanoseconds / NanosecondsPerMillisecond;

    private static long IdOf(ReceivedMessage message) => long.Parse(message.Id, CultureInfo.InvariantCulture);

    private void Arrived()
    {
        var arrival = _arrival;
        _arrival = new TaskCompletionSource();
        _life.Signal(arrival);
    }

    private List<ReceivedMessage> Read(ref long next, long end, int maxMessages, bool isOver = false)
    {
        var messages = new List<ReceivedMessage>();
        var openMs = isOver ? long.MaxValue : Milliseconds(_clock.Next());
        for (; next < end; next++)
        {
            if (!_disk.Messages.TryGetValue(next, out var stored))
            {
                continue;
            }

            var storedMs = Milliseconds(stored.StoredNs);
            if ((next > _lastIdAtStart && storedMs >= openMs && storedMs <= openMs + MaxReadingMs)
                || (messages.Count >= maxMessages && storedMs != Milliseconds(messages[^1].StoredNs!.Value)))
            {
                break;
            }

            messages.Add(new ReceivedMessage(next.ToString(CultureInfo.InvariantCulture), stored.Message, storedMs)
            {
                IsRedelivered = _sentAtStart.Contains(next),
                StoredNs = stored.StoredNs,
            });
        }

        return messages;
    }

    // One transaction, as the real one: the removal of the messages and the state of the groups that they led to.
    private void Checkpoint()
    {
        if (_checkpointing)
        {
            return;
        }

        _checkpointing = true;
        _world.After(CheckpointInterval, () => _life.Run(() =>
        {
            _checkpointing = false;
            if (_disk.IsFull)
            {
                Checkpoint();
                return;
            }

            foreach (var id in _completed)
            {
                _disk.Messages.Remove(id);
                _disk.Sent.Remove(id);
            }

            _completed = [];
            _groups.Write(_groups.TakeChanges(), this);
        }));
    }

    private void ThrowIfFull()
    {
        if (_disk.IsFull)
        {
            throw new QueueUnavailableException("the disk is full");
        }
    }
}
