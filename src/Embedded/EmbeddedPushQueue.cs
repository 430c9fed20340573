using Microsoft.Data.Sqlite;
using PushGateway.Push;
using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>
/// The queue in a SQLite file. Messages are handed out in the order of their commits. A message comes again only after the process has
/// restarted. There is no visibility timeout, because the consumer runs in the same process as the queue.
/// </summary>
/// <remarks>
/// <see cref="EmbeddedOptions.Synchronous"/> decides how durable a push is. The newest messages are in memory, too, until
/// somebody has looked at them. Completions are written within a fraction of a second, and on disposal of the store. After a crash the messages of the last moment may come again.
/// </remarks>
public sealed class EmbeddedPushQueue : IOrderedPushQueue
{
    // SQLite allows far larger rows. The limit equals that of SQS, so that pushes are cut into messages alike everywhere, and a receiver
    // holds little in memory.
    private const int MaxMessageBytes = 1024 * 1024;

    // The most that SQS hands to a Lambda function at once.
    private const long MaxReceiveBytes = 6 * 1024 * 1024;

    // Dead letters are kept for days.
    private static readonly TimeSpan PurgeInterval = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    // A message without its body, about.
    private const int BytesOfMessage = 1024;

    // _lock guards the reader and the cursors. _recentLock guards what the writer's thread adds, and is held briefly. Who needs both takes
    // _lock first.
    private readonly Lock _lock = new();
    private readonly Lock _recentLock = new();
    private readonly RecentMessages _recent;
    private readonly GroupCommitWriter _writer;
    private readonly MessageReader _reader;
    private readonly Checkpointer _checkpointer;
    private readonly Pulse _arrivals;
    private readonly TimeProvider _timeProvider;
    private readonly ITimer _purgeTimer;
    private readonly WriterSession _session;
    private readonly long _maxBytes;
    private readonly long _lastIdAtOpen;
    private long _next = 1;
    private long _nextToPeek = 1;
    private long _peekedFrom = 1;
    private bool _closed;
    private long _waiting;
    private long _setAsideThrough;
    private Task? _rescue;
    private bool _isRescued;
    private SqliteException? _failure;

    internal EmbeddedPushQueue(
        GroupCommitWriter writer,
        MessageReader reader,
        WriterSession session,
        Checkpointer checkpointer,
        Pulse arrivals,
        long maxBytes,
        long maxRecentBytes,
        TimeProvider timeProvider)
    {
        _session = session;
        _writer = writer;
        _reader = reader;
        _checkpointer = checkpointer;
        _arrivals = arrivals;
        _maxBytes = maxBytes;
        _timeProvider = timeProvider;
        _lastIdAtOpen = session.NextId - 1;
        _waiting = session.MessagesAtStart;
        _recent = new RecentMessages(maxRecentBytes, _lastIdAtOpen);
        _purgeTimer = timeProvider.CreateTimer(_ => _ = PurgeAsync(), null, TimeSpan.Zero, PurgeInterval);
    }

    /// <inheritdoc/>
    public MessageCapacity Capacity { get; } = new(MaxMessageBytes, TextOnly: false, ChunkBytes: 0);

    /// <summary>The number of dead letters.</summary>
    public long DeadLetterCount => _session.DeadLetterCount;

    /// <inheritdoc/>
    /// <remarks>The age of the oldest message is exact to the interval in which completions are written.</remarks>
    public QueueBacklog Backlog
    {
        get
        {
            lock (_lock)
            {
                var waiting = Interlocked.Read(ref _waiting);
                try
                {
                    return waiting == 0 || _closed || _reader.OldestSentMs() is not (> 0 and var oldest)
                        ? new QueueBacklog(0, null)
                        : new QueueBacklog(waiting, oldest);
                }
                catch (SqliteException)
                {
                    // The next receive mends it, or CheckAsync says it.
                    return new QueueBacklog(waiting, null);
                }
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
            : new ValueTask(_writer.WriteAsync(new EnqueueRequest(messages, _maxBytes, OnStored)));
    }

    /// <inheritdoc/>
    /// <remarks>Messages are stored all or none, as in the other overload. Up to 32 MiB of pushes and messages are kept in memory.</remarks>
    public ValueTask EnqueueAsync(
        IReadOnlyList<QueueMessage> messages, IReadOnlyList<BatchedPush> pushes, SharedBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNotEqual(pushes.Count, messages.Count);
        return messages.Count == 0
            ? ValueTask.CompletedTask
            : new ValueTask(_writer.WriteAsync(new EnqueueRequest(messages, _maxBytes, OnStored) { Pushes = pushes, Batch = batch }));
    }

    /// <inheritdoc/>
    /// <remarks>Returns at most 6 MiB of bodies at once, but always at least one message, and all of a millisecond.</remarks>
    public async ValueTask<IReadOnlyList<ReceivedMessage>> PeekAsync(int maxMessages, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMessages, 1);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var arrival = _arrivals.Next;
            if (Peek(maxMessages, out var rescue, out var isMillisecondOpen) is { Count: > 0 } messages)
            {
                return messages;
            }

            if (rescue is not null)
            {
                await rescue.WaitAsync(cancellationToken);
            }
            else if (isMillisecondOpen)
            {
                await Task.Delay(Millisecond, _timeProvider, cancellationToken);
            }
            else
            {
                await arrival.WaitAsync(cancellationToken);
            }
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
            var messages = Read(ref _next, IdRuns.IdOf(last), maxMessages, OpenMilliseconds.None);
            return messages.Count > 0 || _rescue is null ? messages : throw CannotRead(_failure);
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
    public ValueTask NoteSendingAsync(IReadOnlyList<ReceivedMessage> messages) => NoteAsync(messages, isSent: true);

    /// <inheritdoc/>
    public ValueTask NoteUnsentAsync(IReadOnlyList<ReceivedMessage> messages) => NoteAsync(messages, isSent: false);

    /// <inheritdoc/>
    public async ValueTask DeadLetterAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _checkpointer.DeadLetterAsync(letters);
        Interlocked.Add(ref _waiting, -letters.Count);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Stores a message and removes it in the same commit, and reads the message that is delivered next. Also fails while a background write or
    /// a read that failed is being retried.
    /// </remarks>
    public async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ThrowIfClosed();
            CheckReading();
        }

        if (_checkpointer.Failure is { } failure)
        {
            throw new QueueUnavailableException($"what was delivered cannot be recorded: {failure.Message}", failure);
        }

        await _writer.WriteAsync(new ProbeRequest(_maxBytes));
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

    /// <summary>Deletes dead letters that have had their time or are beyond their share.</summary>
    internal async Task PurgeAsync()
    {
        try
        {
            PurgeRequest request;
            do
            {
                request = new PurgeRequest();
                await _writer.WriteAsync(request);
            }
            while (request.HasMore);
        }
        catch (QueueUnavailableException)
        {
            // The timer tries again.
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

        _purgeTimer.Dispose();

        _arrivals.Fire();
    }

    private ValueTask NoteAsync(IReadOnlyList<ReceivedMessage> messages, bool isSent)
    {
        var runs = new List<IdRun>();
        IdRuns.Add(runs, messages);
        return new ValueTask(_writer.WriteAsync(new SendNoteRequest(runs, isSent)));
    }

    private List<ReceivedMessage> Peek(int maxMessages, out Task? rescue, out bool isMillisecondOpen)
    {
        lock (_lock)
        {
            ThrowIfClosed();
            _peekedFrom = _nextToPeek;
            rescue = null;
            if (TryPeekRecent(maxMessages, out isMillisecondOpen) is { } recent)
            {
                return recent;
            }

            // Messages that are committed later have greater ids.
            var next = _nextToPeek;
            var messages = Read(ref next, long.MaxValue, maxMessages, _session.Clock.Open());
            (rescue, isMillisecondOpen) = (_rescue, _reader.StoppedAtOpen);
            lock (_recentLock)
            {
                _nextToPeek = next;
                _recent.CaughtUp(next);
            }

            return messages;
        }
    }

    // Null: the next messages are in the file alone.
    private List<ReceivedMessage>? TryPeekRecent(int maxMessages, out bool isMillisecondOpen)
    {
        lock (_recentLock)
        {
            isMillisecondOpen = false;
            if (!_recent.HasNext)
            {
                return null;
            }

            var messages = new List<ReceivedMessage>();
            isMillisecondOpen = _recent.Take(messages, maxMessages, MaxReceiveBytes, _session.Clock.Open());
            if (messages.Count > 0)
            {
                _nextToPeek = IdRuns.IdOf(messages[^1]) + 1;
            }

            return messages.Count > 0 || _recent.HasNext ? messages : null;
        }
    }

    // On the writer's thread, in the order of the ids.
    private void OnStored(EnqueueRequest request)
    {
        Interlocked.Add(ref _waiting, request.Messages.Count);
        lock (_recentLock)
        {
            for (var i = 0; i < request.Messages.Count; i++)
            {
                Remember(request, i);
            }
        }
    }

    private void Remember(EnqueueRequest request, int index)
    {
        var message = request.Messages[index];
        var accepted = request.Batch is { } batch ? new AcceptedPush(request.Pushes[index], batch) : (AcceptedPush?)null;
        var received = new ReceivedMessage(request.FirstId + index, message, OpenMilliseconds.Of(request.StoredNs))
        {
            StoredNs = request.StoredNs,
            Accepted = accepted,
        };

        // Several messages share the batch of a push to several groups.
        var bytes = BytesOfMessage + message.Body.Length + ((request.Batch?.Batch.UsedBytes ?? 0) / request.Messages.Count);
        if (_recent.TryAdd(received, _nextToPeek, bytes))
        {
            request.Batch?.Hold();
        }
    }

    // Nothing, with a task that replaces the damaged table, when a page cannot be read. Reading goes on with the new table.
    private List<ReceivedMessage> Read(ref long next, long last, int maxMessages, OpenMilliseconds open)
    {
        ThrowIfClosed();
        if (_rescue is { IsCompleted: true })
        {
            (_isRescued, _rescue) = (_rescue.IsCompletedSuccessfully, null);
            Interlocked.Exchange(ref _waiting, Math.Min(Interlocked.Read(ref _waiting), _reader.CountMessages()));
        }

        if (_rescue is not null)
        {
            return [];
        }

        var messages = new List<ReceivedMessage>();
        var unreadable = new List<UnreadableRow>();
        try
        {
            long first;
            do
            {
                first = next;
                next = 1 + _reader.Read(
                    new IdRun(first, last), messages, unreadable, maxMessages, MaxReceiveBytes, overThrough: _lastIdAtOpen, open);
            }
            while (messages.Count == 0 && next > first);
            (_failure, _isRescued) = (null, false);
        }
        catch (SqliteException e) when (DatabaseDamage.Is(e) && !_isRescued)
        {
            (_failure, _isRescued) = (e, true);
            _rescue = _writer.WriteAsync(new RescueRequest());
        }
        catch (SqliteException e)
        {
            _failure = e;
            throw;
        }

        // Both cursors come past them.
        unreadable.RemoveAll(message => message.Id <= _setAsideThrough);
        if (unreadable.Count > 0)
        {
            _setAsideThrough = unreadable[^1].Id;
            Interlocked.Add(ref _waiting, -unreadable.Count);
            _checkpointer.SetAside(unreadable);
        }

        return messages;
    }

    private void CheckReading()
    {
        var failure = _failure;
        try
        {
            _reader.Probe(_next);
        }
        catch (SqliteException e)
        {
            failure = e;
        }

        if (failure is not null)
        {
            throw CannotRead(failure);
        }
    }

    private static QueueUnavailableException CannotRead(SqliteException? cause) =>
        new($"the queue cannot be read: {cause?.Message}", cause);

    private void ThrowIfClosed()
    {
        if (_closed)
        {
            throw new QueueUnavailableException("the queue is closed");
        }
    }
}
