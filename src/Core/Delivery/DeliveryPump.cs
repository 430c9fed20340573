using PushGateway.Queue;

namespace PushGateway.Delivery;

/// <summary>
/// Drains a queue: receives a batch, has it handled, and settles each message by what became of it. One pump is one receiver;
/// several may drain the same queue.
/// </summary>
/// <param name="queue">The queue.</param>
/// <param name="handler">The handler.</param>
/// <param name="options">Options.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Is told what goes wrong.</param>
public sealed class DeliveryPump(IPolledPushQueue queue, BatchHandler handler, DeliveryOptions options, TimeProvider time, DeliveryObserver observer)
{
    /// <summary>
    /// Runs until <paramref name="stopping"/>, then lets the batch in flight, or the one that a receive under way still brings, finish
    /// within <see cref="DeliveryOptions.DrainTimeout"/>; what is left is given back.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var drained = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var registration = stopping.Register(() => drained.CancelAfter(options.DrainTimeout));
        var backoff = options.MinBackoff;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await DeliverNextAsync(stopping, drained.Token);
                backoff = options.MinBackoff;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it was, the messages are still on the queue, and the pump must not die of it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                observer.Faulted(exception);
                await Task.Delay(backoff, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                backoff = TimeSpan.FromTicks(Math.Min(backoff.Ticks * 2, options.MaxBackoff.Ticks));
            }
        }
    }

    private async Task DeliverNextAsync(CancellationToken stopping, CancellationToken drained)
    {
        var messages = await queue.ReceiveAsync(options.BatchSize, stopping);
        if (messages.Count == 0)
        {
            return;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(drained);
        using var timeout = new CancellationTokenSource(options.BatchTimeout, time);
        using var registration = timeout.Token.Register(deadline.Cancel);
        BatchOutcome? outcome = null;
        await OrAbandonAsync(messages, async () => outcome = await HandleAsync(messages, deadline.Token));
        await SettleAsync(outcome!, stopping);
        if (options.GatherTime > TimeSpan.Zero && messages.Count < options.BatchSize)
        {
            await Task.Delay(options.GatherTime, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    // No renewal is under way any more when messages are given back: it would hide them again. Settling takes less than what is left.
    private async ValueTask<BatchOutcome> HandleAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var handling = handler.HandleAsync(messages, cancellationToken).AsTask();
        if (!handling.IsCompleted)
        {
            using var handled = new CancellationTokenSource();
            var renewing = Task.CompletedTask;
            while (await IsLongerThanAsync(handling, options.RenewInterval, handled.Token))
            {
                renewing = RenewAsync(messages, handled.Token);
                await Task.WhenAny(handling, renewing);
            }

            handled.Cancel();
            await renewing;
        }

        return await handling;
    }

    // The wait is cancelled with the token, and nobody hears of it: most batches are short, and an exception for each would be dear.
    private async Task<bool> IsLongerThanAsync(Task task, TimeSpan interval, CancellationToken cancellationToken) =>
        await Task.WhenAny(task, Task.Delay(interval, time, cancellationToken)) != task;

    // Each part is settled whatever becomes of the others. What was delivered comes first, because only that would be sent twice.
    private async ValueTask SettleAsync(BatchOutcome outcome, CancellationToken stopping)
    {
        var failed = OrderGroups.WithThoseBehind(outcome.Messages, outcome.Failed);
        IReadOnlyList<ReceivedMessage> delivered = [.. outcome.Delivered.Where(message => !failed.Contains(message))];
        await TryAsync(delivered, () => OrAbandonAsync(delivered, () => queue.CompleteAsync(delivered, CancellationToken.None)));
        if (OrderGroups.WithThoseBehind(outcome.Messages, outcome.Failures) is { Count: > 0 } failures)
        {
            observer.Failed(failures.Count, outcome.FailureReason ?? "unknown");
        }

        // What failed would fail again at once, and a queue counts how often it hands a message out. At a stop, others are to have it.
        var now = time.GetUtcNow();
        IReadOnlyList<ReceivedMessage> givenBack = [.. failed];
        await TryAsync(givenBack, () => queue.AbandonAsync(
            givenBack, message => stopping.IsCancellationRequested ? options.MinBackoff : outcome.DelayOf(message, now), CancellationToken.None));
        DeadLetter[] letters = [.. outcome.DeadLetters.Where(letter => !failed.Contains(letter.Message))];
        await TryAsync([.. letters.Select(letter => letter.Message)], () => DeadLetterAsync(letters));
    }

    private async ValueTask DeadLetterAsync(IReadOnlyList<DeadLetter> letters)
    {
        await OrAbandonAsync([.. letters.Select(letter => letter.Message)], () => queue.DeadLetterAsync(letters, CancellationToken.None));
        foreach (var letter in letters)
        {
            observer.DeadLettered(letter);
        }
    }

    private async ValueTask TryAsync(IReadOnlyList<ReceivedMessage> messages, Func<ValueTask> settle)
    {
        if (messages.Count == 0)
        {
            return;
        }

        try
        {
            await settle();
        }
#pragma warning disable CA1031 // Whatever it was, these messages come again, and the others must not for their sake.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            observer.Faulted(exception);
        }
    }

    private async ValueTask OrAbandonAsync(IReadOnlyList<ReceivedMessage> messages, Func<ValueTask> action)
    {
        try
        {
            await action();
        }
        catch
        {
            await AbandonAsync(messages);
            throw;
        }
    }

    private ValueTask AbandonAsync(IReadOnlyList<ReceivedMessage> messages)
    {
        var now = time.GetUtcNow();
        return queue.AbandonAsync(messages, message => RedeliveryDelay.Of(message.AgeAt(now)), CancellationToken.None);
    }

    private async Task RenewAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken handled)
    {
        try
        {
            await queue.RenewAsync(messages, handled);
        }
        catch (OperationCanceledException) when (handled.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // A message that could not be renewed comes again, which is harmless.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            observer.Faulted(exception);
        }
    }
}
