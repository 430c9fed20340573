using PushGateway.Aws.Sqs;
using PushGateway.Delivery;
using PushGateway.Queue;

namespace PushGateway.Aws.Lambda.Events;

/// <summary>
/// Delivers the messages of an invocation. On Lambda the event source deletes every message except those that the answer names as failed.
/// Therefore a message counts as failed until it is delivered, or is safe in the dead-letter queue with its reason.
/// </summary>
/// <param name="queue">The queue that the messages came from.</param>
/// <param name="handler">The handler.</param>
/// <param name="observer">Is told of failures and dead letters.</param>
/// <param name="time">The clock.</param>
public sealed class EventBatchDelivery(SqsPushQueue queue, BatchHandler handler, DeliveryObserver observer, TimeProvider time)
{
    /// <summary>
    /// Time before the deadline that is kept for confirming what was delivered, for the dead-letter queue, and for giving back what failed. When
    /// less than four times as much is left, a quarter of it is kept.
    /// </summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(1);

    /// <summary>Delivers a batch. Half a second of the time is kept for the answer.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="remaining">How long the invocation may still take.</param>
    /// <returns>The ids of the messages that have to come again. When this method throws, all messages have to come again.</returns>
    public async ValueTask<IReadOnlyCollection<string>> DeliverAsync(IReadOnlyList<ReceivedMessage> messages, TimeSpan remaining)
    {
        var left = remaining - InvocationLoop.DeadlineMargin;
        using var deadline = TimeLimit.After(left, time);
        return await DeliverAsync(messages, time.GetUtcNow() + left, deadline.Token);
    }

    /// <summary>Delivers a batch.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="deadline">When the answer is due.</param>
    /// <param name="cancellationToken">Fires at the deadline or earlier.</param>
    /// <returns>The ids of the messages that have to come again. When this method throws, all messages have to come again.</returns>
    internal async ValueTask<IReadOnlyCollection<string>> DeliverAsync(
        IReadOnlyList<ReceivedMessage> messages, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var outcome = await HandleAsync(messages, deadline, cancellationToken);
        var failed = WithThoseBehind(messages, outcome.Failed);
        if (WithThoseBehind(messages, outcome.Failures) is { Count: > 0 } failures)
        {
            observer.Failed(failures.Count, outcome.FailureReason ?? "unknown");
        }

        var letters = outcome.DeadLetters.Where(letter => !failed.Contains(letter.Message)).ToList();
        var safe = (await DeadLetterAsync(letters, cancellationToken)).Select(letter => letter.Message).ToHashSet();
        failed = WithThoseBehind(messages, [.. failed, .. letters.Select(letter => letter.Message).Where(message => !safe.Contains(message))]);
        failed.ExceptWith(safe);
        await AbandonAsync([.. failed], outcome, cancellationToken);
        return failed.Select(message => message.Id).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// Delivers a push that came without a queue. Returns null once it is delivered, or the error for its sender, who may send it again.
    /// </summary>
    internal async ValueTask<InvocationException?> DeliverDirectlyAsync(QueueMessage message, Invocation invocation, CancellationToken cancellationToken)
    {
        var received = new ReceivedMessage(invocation.RequestId, message, time.GetUtcNow().ToUnixTimeMilliseconds());
        var outcome = await HandleAsync([received], invocation.Deadline, cancellationToken);
        var refusal = outcome.Deferred > 0 ? handler.FindRefusal(received) : outcome.DeadLetters.Select(letter => letter.Reason).FirstOrDefault();
        return outcome switch
        {
            { Delivered.Count: 1 } => null,
            _ when refusal is not null => new InvocationException(InvocationException.PushRefused, $"{refusal.Code}: {refusal.Detail}"),
            _ => new InvocationException(
                InvocationException.PushNotDelivered, $"The push was not delivered; send it again: {outcome.FailureReason ?? "unknown"}"),
        };
    }

    private async ValueTask<BatchOutcome> HandleAsync(
        IReadOnlyList<ReceivedMessage> messages, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var left = deadline - time.GetUtcNow();
        var settle = left / 4 < SettleTime ? left / 4 : SettleTime;
        using var work = TimeLimit.After(left - settle, time);
        using var registration = cancellationToken.Register(work.Cancel);
        return await handler.HandleAsync(messages, work.Token);
    }

    // A standard queue may have message groups, too, but keeps no order in them.
    private HashSet<ReceivedMessage> WithThoseBehind(IReadOnlyList<ReceivedMessage> messages, IReadOnlyCollection<ReceivedMessage> failed) =>
        queue.IsFifo ? OrderGroups.WithThoseBehind(messages, failed) : [.. failed];

    // Returns the letters that are safe in the dead-letter queue.
    private async ValueTask<IReadOnlyList<DeadLetter>> DeadLetterAsync(List<DeadLetter> letters, CancellationToken cancellationToken)
    {
        IReadOnlyList<DeadLetter> safe = [];
        try
        {
            if (letters.Count > 0)
            {
                (safe, var failure) = await queue.CopyToDeadLetterQueueAsync(letters, cancellationToken);
                Report(safe, failure);
            }
        }
#pragma warning disable CA1031 // Whatever the exception was, these messages come again, and those that were delivered do not.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            observer.Faulted(exception);
        }

        return safe;
    }

    // The queue's visibility timeout is six times the function's, which is long for a target that is back.
    private async ValueTask AbandonAsync(List<ReceivedMessage> failed, BatchOutcome outcome, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        try
        {
            // When the time is up before all are given back, those that have waited longest are.
            if (failed.Where(SqsPushQueue.HasReceipt).OrderBy(message => message.SentMs).ToList() is { Count: > 0 } hidden)
            {
                await queue.AbandonAsync(hidden, message => outcome.DelayOf(message, now), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // They come again after the visibility timeout.
        }
#pragma warning disable CA1031 // Whatever the exception was, these messages come again, and the others do not.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            observer.Faulted(exception);
        }
    }

    private void Report(IReadOnlyList<DeadLetter> safe, Exception? failure)
    {
        foreach (var letter in safe)
        {
            observer.DeadLettered(letter);
        }

        if (failure is not null)
        {
            observer.Faulted(failure);
        }
    }
}
