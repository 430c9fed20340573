using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>
/// The queue in a SQLite file. Messages are handed out in the order of their commits. A message comes again only after the process has
/// restarted. There is no visibility timeout, because the consumer runs in the same process as the queue.
/// </summary>
/// <remarks>
/// <see cref="EmbeddedOptions.Synchronous"/> decides how durable a push is. Waiting messages are kept only on disk. Completions are written
/// within a fraction of a second, and on disposal of the store. After a crash the messages of the last moment may come again.
/// </remarks>
public sealed class EmbeddedPushQueue : IOrderedPushQueue
{
    // SQLite allows far larger rows. The limit equals that of SQS, so that pushes are cut into messages alike everywhere, and a receiver
    // holds little in memory.
    private const int MaxMessageBytes = 1024 * 1024;

    // The most that SQS hands to a Lambda function at once.
    private const long MaxReceiveBytes = 6 * 1024 * 1024;

    // SQS keeps a message for at most 14 days, too. Without a limit, a flood of poison messages would fill the database for good.
    private static readonly TimeSpan DeadLetterRetention = TimeSpan.FromDays(14);

    private readonly Lock _lock = new();
    private readonly GroupCommitWriter _writer;
    private readonly MessageReader _reader;
    private readonly Checkpointer _checkpointer;
    private readonly Pulse _arrivals;
    private readonly TimeProvider _timeProvider;
    private readonly long _maxBytes;
    private readonly long _lastIdAtOpen;
    private long _next = 1;
    private long _nextToPeek = 1;
    private long _peekedFrom = 1;
    private bool _closed;
    private long _deadLetters;
    private long _waiting;

    internal EmbeddedPushQueue(
        GroupCommitWriter writer,
        MessageReader reader,
        Checkpointer checkpointer,
        Pulse arrivals,
        long deadLetters,
        long maxBytes,
        TimeProvider timeProvider)
    {
        _writer = writer;
        _reader = reader;
        _checkpointer = checkpointer;
        _arrivals = arrivals;
        _maxBytes = maxBytes;
        _timeProvider = timeProvider;
        _deadLetters = deadLetters;
        _lastIdAtOpen = reader.LastId();
        _waiting = reader.CountMessages();
    }

    /// <inheritdoc/>
    public MessageCapacity Capacity { get; } = new(MaxMessageBytes, TextOnly: false, ChunkBytes: 0);

    /// <summary>The number of dead letters.</summary>
    public long DeadLetterCount => Interlocked.Read(ref _deadLetters);

    /// <inheritdoc/>
    /// <remarks>The age of the oldest message is exact to the interval in which completions are written.</remarks>
    public QueueBacklog Backlog
    {
        get
        {
            lock (_lock)
            {
                var waiting = Interlocked.Read(ref _waiting);
                return waiting == 0 || _closed || _reader.OldestSentMs() is not (> 0 and var oldest)
                    ? new QueueBacklog(0, null)
                    : new QueueBacklog(waiting, oldest);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// All messages of a call are stored, or none. The token is checked only before the messages go to the writer. The bodies must stay
    /// unchanged until the task completes.
    /// </remarks>
    public ValueTask EnqueueAsync(IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return messages.Count == 0
            ? ValueTask.CompletedTask
            : new ValueTask(_writer.WriteAsync(new EnqueueRequest(messages, NowMs(), _maxBytes, OnEnqueued)));
    }

    /// <inheritdoc/>
    /// <remarks>Returns at most 6 MiB of bodies at once, but always at least one message.</remarks>
    public async ValueTask<IReadOnlyList<ReceivedMessage>> PeekAsync(int maxMessages, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMessages, 1);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var arrival = _arrivals.Next;
            lock (_lock)
            {
                // Messages that are committed later have greater ids.
                _peekedFrom = _nextToPeek;
                if (Read(ref _nextToPeek, long.MaxValue, maxMessages) is { Count: > 0 } messages)
                {
                    return messages;
                }
            }

            await arrival.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public bool TryReceivePeeked()
    {
        lock (_lock)
        {
            if (_next != _peekedFrom)
            {
                return false;
            }

            _next = _nextToPeek;
            return true;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Returns at most 6 MiB of bodies at once, but always at least one message.</remarks>
    public IReadOnlyList<ReceivedMessage> ReceiveThrough(ReceivedMessage last, int maxMessages)
    {
        ArgumentNullException.ThrowIfNull(last);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMessages, 1);
        lock (_lock)
        {
            return Read(ref _next, IdRuns.IdOf(last), maxMessages);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Returns at once. The removal is written soon after, together with the group state that was applied before this call.
    /// </remarks>
    public ValueTask CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref _waiting, -messages.Count);
        _checkpointer.Complete(messages);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DeadLetterAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var request = new DeadLetterRequest(letters, NowMs(), (long)DeadLetterRetention.TotalMilliseconds);
        await _writer.WriteAsync(request);
        Interlocked.Add(ref _deadLetters, request.Added);
        Interlocked.Add(ref _waiting, -letters.Count);
    }

    /// <inheritdoc/>
    /// <remarks>Writes and commits a row of its own.</remarks>
    public ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask(_writer.WriteAsync(new ProbeRequest(NowMs(), _maxBytes)));
    }

    /// <summary>The most recent dead letters, newest first, at most <paramref name="max"/>.</summary>
    public IReadOnlyList<StoredDeadLetter> ReadDeadLetters(int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        lock (_lock)
        {
            ThrowIfClosed();
            return _reader.ReadDeadLetters(max);
        }
    }

    /// <summary>Stops handing out messages, and closes the reading connection.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _reader.Dispose();
        }

        _arrivals.Fire();
    }

    private void OnEnqueued(int messages) => Interlocked.Add(ref _waiting, messages);

    private List<ReceivedMessage> Read(ref long next, long last, int maxMessages)
    {
        ThrowIfClosed();
        var messages = new List<ReceivedMessage>();
        _reader.Read(new IdRun(next, last), messages, maxMessages, MaxReceiveBytes, redeliveredThrough: _lastIdAtOpen);
        if (messages.Count > 0)
        {
            next = IdRuns.IdOf(messages[^1]) + 1;
        }

        return messages;
    }

    private void ThrowIfClosed()
    {
        if (_closed)
        {
            throw new QueueUnavailableException("the queue is closed");
        }
    }

    private long NowMs() => _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();
}
