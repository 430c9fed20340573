using PushGateway.Queue;

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
public sealed class OrderedDelivery(IPushQueue queue, BatchHandler handler, DeliveryOptions options, TimeProvider time, DeliveryObserver observer)
{
    private readonly HeldMessages _held = new(time);
    private readonly Lock _lock = new();
    private List<DeadLetter> _letters = [];
    private readonly WakeUp _letter = new(time);

    /// <summary>
    /// Runs until <paramref name="stopping"/>, then lets what is under way finish within <see cref="DeliveryOptions.DrainTimeout"/>. What is
    /// left is still on the queue.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var drained = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var registration = stopping.Register(() => drained.CancelAfter(options.DrainTimeout));
        await Task.WhenAll(
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

    private async Task DeliverNextAsync(CancellationToken stopping, CancellationToken drained)
    {
        while (_held.Bytes > options.MaxHeldBytes)
        {
            await WaitAsync(options.MinBackoff, stopping);
            stopping.ThrowIfCancellationRequested();
        }

        var messages = await queue.ReceiveAsync(options.BatchSize, stopping);
        if (messages.Count == 0)
        {
            return;
        }

        var outcome = new BatchOutcome(messages);
        try
        {
            await handler.DeliverAsync(messages, _held, outcome, drained);
        }
        finally
        {
            await SettleAsync(outcome);
        }

        if (options.GatherTime > TimeSpan.Zero && messages.Count < options.BatchSize)
        {
            await WaitAsync(options.GatherTime, stopping);
        }
    }

    private async Task WorkNextAsync(CancellationToken stopping, CancellationToken drained)
    {
        var outcome = new BatchOutcome([]);
        LaneStep step;
        try
        {
            step = await handler.WorkAsync(_held, outcome, drained);
        }
        finally
        {
            await SettleAsync(outcome);
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

    private async Task SettleAsync(BatchOutcome outcome)
    {
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
