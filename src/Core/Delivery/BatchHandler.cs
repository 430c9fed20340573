using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using PushGateway.Groups;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Sinks;
using PushGateway.Telemetry;

namespace PushGateway.Delivery;

/// <summary>
/// Takes a batch of queue messages to the group store and the sink: decodes, applies, coalesces, sends. The same code serves
/// the embedded queue, the SQS poller and Lambda's SQS events. Safe for concurrent use.
/// </summary>
/// <param name="sink">Where samples go; null: only the group store has them.</param>
/// <param name="groups">The group store, or null.</param>
/// <param name="limits">Limits for what direct producers put into the queue.</param>
/// <param name="options">Options.</param>
/// <param name="time">The clock.</param>
public sealed class BatchHandler(IMetricSink? sink, IGroupStore? groups, PushLimits limits, DeliveryOptions options, TimeProvider time)
{
    private readonly ConcurrentBag<DeliveryBuffers> _buffers = [];

    /// <summary>
    /// Handles a batch. Never throws for a message, a group store, a sink or the deadline: what was not delivered is in
    /// <see cref="BatchOutcome.Failed"/>.
    /// </summary>
    /// <param name="messages">The messages.</param>
    /// <param name="cancellationToken">Ends the work; what has been settled by then is reported.</param>
    public async ValueTask<BatchOutcome> HandleAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var outcome = new BatchOutcome(messages);
        var buffers = _buffers.TryTake(out var pooled) ? pooled : new DeliveryBuffers();
        var started = time.GetTimestamp();
        using var activity = PushTelemetry.StartDelivery(TraceParents(messages));
        try
        {
            var decoded = Decode(messages, buffers, outcome);
            await ApplyAsync(decoded, buffers, outcome, cancellationToken);
            await SendAsync(decoded, buffers, outcome, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            outcome.FailureReason ??= "the time for this batch was up";
        }
        finally
        {
            buffers.Reset();
            _buffers.Add(buffers);
        }

        Count(outcome, time.GetElapsedTime(started));
        activity?.SetStatus(outcome.FailureReason is null ? ActivityStatusCode.Ok : ActivityStatusCode.Error, outcome.FailureReason);
        return outcome;
    }

    private static IEnumerable<string> TraceParents(IReadOnlyList<ReceivedMessage> messages) =>
        messages.Select(message => message.Message.Attributes.GetValueOrDefault(MessageAttribute.TraceParent)).OfType<string>();

    private void Count(BatchOutcome outcome, TimeSpan duration)
    {
        PushTelemetry.BatchEnded(outcome.Delivered.Count, outcome.Failed.Count, duration);
        foreach (var letter in outcome.DeadLetters)
        {
            PushTelemetry.MessageRejected(letter.Reason.Code);
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var message in outcome.Delivered)
        {
            PushTelemetry.QueueLeft(TimeSpan.FromMilliseconds(now - message.SentMs));
        }
    }

    private Memory<DecodedMessage> Decode(IReadOnlyList<ReceivedMessage> messages, DeliveryBuffers buffers, BatchOutcome outcome)
    {
        var decoded = buffers.Rent(messages.Count);
        for (var i = 0; i < messages.Count; i++)
        {
            var start = buffers.Batch.Mark;
            if (PushMessageCodec.TryDecode(messages[i], buffers.Batch, limits, out var header, out var error))
            {
                decoded[i] = new DecodedMessage(header, start, buffers.Batch.Mark);
            }
            else
            {
                buffers.Batch.Rollback(start);
                decoded[i] = new DecodedMessage(PushHeader.None, start, start);
                outcome.Reject(i, error);
            }
        }

        return decoded.AsMemory(0, messages.Count);
    }

    // The series that the pushes have ended join the batch as stale markers, each owned by the message whose push ended it.
    private async ValueTask ApplyAsync(
        Memory<DecodedMessage> decoded, DeliveryBuffers buffers, BatchOutcome outcome, CancellationToken cancellationToken)
    {
        if (groups is null)
        {
            return;
        }

        var (pushes, owners) = (buffers.Pushes, buffers.PushOwners);
        for (var i = 0; i < decoded.Length; i++)
        {
            var message = decoded.Span[i];
            if (!ReferenceEquals(message.Header, PushHeader.None))
            {
                pushes.Add(new BatchedPush(message.Header, buffers.Batch, message.Start, message.End));
                owners.Add(i);
            }
        }

        var effects = new GroupEffects { TellsSink = sink is not null };
        await groups.ApplyAsync(pushes, effects, cancellationToken);
        foreach (var refused in effects.Refused)
        {
            DropSamples(decoded.Span, owners[refused.Push]);
            outcome.Reject(owners[refused.Push], refused.Reason);
        }

        foreach (var failed in effects.Failed)
        {
            DropSamples(decoded.Span, owners[failed.Push]);
            outcome.Keep(owners[failed.Push], failed.Reason);
        }

        buffers.Unfinished.AddRange(effects.Unfinished.Select(push => owners[push]));
        if (effects.Stale.Count > 0)
        {
            buffers.Batch.BeginPush();
            foreach (var series in effects.Stale)
            {
                series.AddTo(buffers.Batch);
                buffers.Markers.Add(series);
                buffers.MarkerOwners.Add(owners[series.Push]);
            }
        }
    }

    private static void DropSamples(Span<DecodedMessage> decoded, int message) =>
        decoded[message] = decoded[message] with { End = decoded[message].Start };

    // A message that cannot be confirmed comes again: otherwise the store would keep the series that its push has ended for good.
    private async ValueTask ConfirmAsync(DeliveryBuffers buffers, BatchOutcome outcome)
    {
        var delivered = buffers.Markers.Where(series => outcome.IsSettled(buffers.PushOwners[series.Push])).ToList();
        buffers.Unfinished.ForEach(message => outcome.Keep(message, "the push has ended more series than one batch can tell"));
        if (delivered.Count == 0)
        {
            return;
        }

        try
        {
            await groups!.ConfirmAsync(delivered, CancellationToken.None);
        }
        catch (GroupStoreUnavailableException exception)
        {
            delivered.ForEach(series => outcome.Keep(buffers.PushOwners[series.Push], exception.Message));
        }
    }

    private async ValueTask SendAsync(
        ReadOnlyMemory<DecodedMessage> decoded, DeliveryBuffers buffers, BatchOutcome outcome, CancellationToken cancellationToken)
    {
        var samples = sink is null ? default : buffers.Coalescer.Coalesce(buffers.Batch, decoded, CollectionsMarshal.AsSpan(buffers.MarkerOwners));
        var ledger = buffers.Ledger(decoded.Length);
        ledger.Open(samples.Span, outcome);
        try
        {
            await SendRangeAsync(new SampleRange(buffers.Batch, samples), ledger, outcome, cancellationToken);
        }
        finally
        {
            await ConfirmAsync(buffers, outcome);
        }
    }

    private async ValueTask SendRangeAsync(SampleRange range, DeliveryLedger ledger, BatchOutcome outcome, CancellationToken cancellationToken)
    {
        for (var rest = range.Samples; !rest.IsEmpty;)
        {
            var (samples, result) = await SendUntilFinalAsync(range with { Samples = rest }, outcome, cancellationToken);
            var sent = rest[..samples];
            if (result.Status == SinkStatus.Delivered)
            {
                PushTelemetry.SamplesStored(sent.Length);
                ledger.Delivered(sent.Span, outcome);
            }
            else
            {
                await NarrowDownAsync(range with { Samples = sent }, result.Reason, ledger, outcome, cancellationToken);
            }

            rest = rest[sent.Length..];
        }
    }

    // A refused request is halved until the samples at fault stand alone: some targets store what they can of a refused request,
    // others, Prometheus among them, store nothing of it.
    private async ValueTask NarrowDownAsync(
        SampleRange refused, string reason, DeliveryLedger ledger, BatchOutcome outcome, CancellationToken cancellationToken)
    {
        ledger.Refusals++;
        if (refused.Samples.Length == 1 || ledger.Refusals > options.MaxRefusals)
        {
            ledger.Rejected(refused.Samples.Span, new PushError(RejectCode.SinkRejected, reason), outcome);
            return;
        }

        var half = refused.Samples.Length / 2;
        await SendRangeAsync(refused with { Samples = refused.Samples[..half] }, ledger, outcome, cancellationToken);
        await SendRangeAsync(refused with { Samples = refused.Samples[half..] }, ledger, outcome, cancellationToken);
    }

    private async ValueTask<SentRequest> SendUntilFinalAsync(SampleRange range, BatchOutcome outcome, CancellationToken cancellationToken)
    {
        for (var backoff = options.MinBackoff; ; backoff = TimeSpan.FromTicks(Math.Min(backoff.Ticks * 2, options.MaxBackoff.Ticks)))
        {
            var request = await sink!.SendAsync(range, cancellationToken);
            var result = request.Result;
            if (result.Status != SinkStatus.Retry)
            {
                outcome.FailureReason = null;
                return request;
            }

            outcome.FailureReason = result.Reason;
            PushTelemetry.Retried();
            var jittered = backoff * (0.5 + (Random.Shared.NextDouble() / 2));
            await Task.Delay(result.RetryAfter > jittered ? result.RetryAfter.Value : jittered, time, cancellationToken);
        }
    }
}
