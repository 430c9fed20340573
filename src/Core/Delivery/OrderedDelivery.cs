using PushGateway.Queue;
using PushGateway.Telemetry;

namespace PushGateway.Delivery;

/// <summary>
/// Drains the queue of one machine, which belongs to this process alone. The samples of a series are sent in the order of their pushes.
/// A message that is taken stays in memory until it is settled, however long the target is away: it is never given back and overtaken.
/// </summary>
/// <param name="queue">The queue.</param>
/// <param name="handler">The handler.</param>
/// <param name="options">Options.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Is told what goes wrong.</param>
public sealed class OrderedDelivery(IOrderedPushQueue queue, BatchHandler handler, DeliveryOptions options, TimeProvider time, DeliveryObserver observer)
{
    // One that is being sent and one that waits keep the sender busy.
    private const int MaxAppliedBatches = 2;

    private readonly HeldMessages _held = new(time);
    private readonly Lock _lock = new();
    private readonly Queue<DeliveryBatch> _applied = new();
    private readonly WakeUp _arrived = new(time);
    private readonly WakeUp _letter = new(time);
    private IReadOnlyList<ReceivedMessage>? _unapplied;
    private IReadOnlyList<ReceivedMessage>? _unopened;
    private ReceivedMessage? _lastApplied;
    private List<DeadLetter> _letters = [];

    /// <summary>How far delivery has come.</summary>
    public DeliveryState State
    {
        get
        {
            var backlog = queue.Backlog;
            var age = time.GetUtcNow().ToUnixTimeMilliseconds() - backlog.OldestSentMs;
            return new DeliveryState(handler.Target?.State)
            {
                Messages = backlog.Messages,
                OldestAge = age is { } ms ? TimeSpan.FromMilliseconds(Math.Max(0, ms)) : null,
                Quarantined = _held.Count,
            };
        }
    }

    /// <summary>
    /// Runs until <paramref name="stopping"/>, then lets what is under way finish within <see cref="DeliveryOptions.DrainTimeout"/>. What is
    /// left is still on the queue.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var drained = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var registration = stopping.Register(() => drained.CancelAfter(options.DrainTimeout));
        await Task.WhenAll(
            RepeatAsync(() => ApplyNextAsync(stopping), stopping),
            RepeatAsync(() => DeliverNextAsync(stopping, drained.Token), stopping),
            RepeatAsync(() => WorkNextAsync(stopping, drained.Token), stopping),
            RepeatAsync(() => DeadLetterNextAsync(stopping), stopping));
    }

    private async Task RepeatAsync(Func<Task> step, CancellationToken stopping)
    {
        var backoff = options.MinBackoff;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await step();
                backoff = options.MinBackoff;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it was, the messages are still on the queue, and delivery must not die of it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                observer.Faulted(exception);
                await WaitAsync(backoff, stopping);
                backoff = TimeSpan.FromTicks(Math.Min(backoff.Ticks * 2, options.MaxBackoff.Ticks));
            }
        }
    }

    // What was pushed is applied whether or not the target takes it. What the sender has no room for is read again when it is its turn.
    private async Task ApplyNextAsync(CancellationToken stopping)
    {
        var messages = _unapplied ??= await queue.PeekAsync(options.BatchSize, stopping);
        var batch = await handler.OpenAsync(messages, new BatchOutcome(messages), wereApplied: false, stopping);
        _unapplied = null;
        lock (_lock)
        {
            _lastApplied = messages[^1];
            if (_applied.Count < MaxAppliedBatches && queue.TryReceivePeeked())
            {
                _applied.Enqueue(batch);
                batch = null;
            }
        }

        _arrived.Signal();
        if (batch is not null)
        {
            handler.Return(batch);
        }

        if (options.GatherTime > TimeSpan.Zero && messages.Count < options.BatchSize)
        {
            await WaitAsync(options.GatherTime, stopping);
        }
    }

    private async Task DeliverNextAsync(CancellationToken stopping, CancellationToken drained)
    {
        while (_held.Bytes > options.MaxHeldBytes)
        {
            await WaitAsync(options.MinBackoff, stopping);
            stopping.ThrowIfCancellationRequested();
        }

        if (await TakeAsync(drained) is not { } batch)
        {
            await _arrived.WaitAsync(Timeout.InfiniteTimeSpan, stopping);
            return;
        }

        var outcome = batch.Outcome!;
        var started = time.GetTimestamp();
        using var activity = PushTelemetry.StartDelivery(BatchHandler.TraceParents(outcome.Messages));
        try
        {
            await handler.DeliverAsync(batch, _held, drained);
        }
        finally
        {
            await SettleAsync(outcome, started);
        }
    }

    private async ValueTask<DeliveryBatch?> TakeAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<ReceivedMessage> messages;
        lock (_lock)
        {
            if (_unopened is null && _applied.TryDequeue(out var batch))
            {
                return batch;
            }

            messages = _unopened ?? (_lastApplied is null ? [] : queue.ReceiveThrough(_lastApplied, options.BatchSize));
        }

        if (messages.Count == 0)
        {
            return null;
        }

        _unopened = messages;
        var received = await handler.OpenAsync(messages, new BatchOutcome(messages), wereApplied: true, cancellationToken);
        _unopened = null;
        return received;
    }

    private async Task WorkNextAsync(CancellationToken stopping, CancellationToken drained)
    {
        var outcome = new BatchOutcome([]);
        var started = time.GetTimestamp();
        LaneStep step;
        try
        {
            step = await handler.WorkAsync(_held, outcome, drained);
        }
        finally
        {
            await SettleAsync(outcome, started);
        }

        if (!step.Worked)
        {
            await _held.Added.WaitAsync(step.Next is { } next ? Until(next.NotBefore) : Timeout.InfiniteTimeSpan, stopping);
        }
    }

    private TimeSpan Until(long timestamp)
    {
        var wait = time.GetElapsedTime(time.GetTimestamp(), timestamp);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private async Task SettleAsync(BatchOutcome outcome, long started)
    {
        if (outcome.Delivered.Count + outcome.DeadLetters.Count > 0)
        {
            PushTelemetry.BatchEnded(outcome.Delivered.Count, time.GetElapsedTime(started));
        }

        handler.Count(outcome);
        if (outcome.DeadLetters.Count > 0)
        {
            lock (_lock)
            {
                _letters.AddRange(outcome.DeadLetters);
            }

            _letter.Signal();
        }

        if (outcome.Delivered.Count > 0)
        {
            await queue.CompleteAsync(outcome.Delivered, CancellationToken.None);
        }
    }

    // A letter that cannot be written now is kept, and nobody waits for it.
    private async Task DeadLetterNextAsync(CancellationToken stopping)
    {
        await _letter.WaitAsync(Timeout.InfiniteTimeSpan, stopping);
        List<DeadLetter> letters;
        lock (_lock)
        {
            (letters, _letters) = (_letters, []);
        }

        if (letters.Count == 0)
        {
            return;
        }

        try
        {
            await queue.DeadLetterAsync(letters, CancellationToken.None);
        }
        catch
        {
            lock (_lock)
            {
                _letters.InsertRange(0, letters);
            }

            _letter.Signal();
            throw;
        }

        letters.ForEach(observer.DeadLettered);
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken) =>
        await Task.Delay(wait, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
