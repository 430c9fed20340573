using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using PushGateway.Configuration;
using PushGateway.Groups;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Sinks;
using PushGateway.Telemetry;

namespace PushGateway.Delivery;

/// <summary>
/// Takes messages to the group store and the sink: decodes, applies, coalesces, sends. The same code serves the embedded queue, the SQS
/// poller and Lambda's SQS events. Safe for concurrent use.
/// </summary>
/// <remarks>
/// There are two lanes. New messages are sent together. A message that was in a refused request leaves them, is sent with ever fewer
/// others, and at last alone, until the samples at fault are known. Only a sample that was refused in a request of its own counts as
/// refused, and only its message goes to the dead-letter queue.
/// </remarks>
public sealed class BatchHandler
{
    // What was delivered until the time was up is confirmed after it. Whoever sets the limit has a margin of twice as much for the answer.
    private static readonly TimeSpan ConfirmTime = TimeSpan.FromMilliseconds(250);

    // While the target is down, other workers learn as often of the messages that wait here. After two such times the messages are given back.
    private static readonly TimeSpan MarkInterval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentBag<DeliveryBatch> _batches = [];
    private readonly IGroupStore? _groups;
    private readonly PushLimits _limits;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly Suspicion _suspicion;
    private readonly DeliveredMessages _delivered;
    private readonly BatchSender? _sender;
    private readonly Backlog? _backlog;

    /// <summary>Creates a handler.</summary>
    /// <param name="sink">Where samples go; null: only the group store has them.</param>
    /// <param name="groups">The group store, or null.</param>
    /// <param name="limits">Limits for what direct producers put into the queue.</param>
    /// <param name="options">Options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="journal">Remembers what was sent; null: the queue itself knows what it has handed out before.</param>
    /// <param name="board">Where the workers of one queue tell each other what waits; null: there are no others.</param>
    public BatchHandler(
        IMetricSink? sink,
        IGroupStore? groups,
        PushLimits limits,
        DeliveryOptions options,
        TimeProvider time,
        ISendJournal? journal = null,
        IBacklogBoard? board = null)
    {
        (_groups, _limits, _options, _time) = (groups, limits, options, time);
        _suspicion = new Suspicion(time);
        _delivered = new DeliveredMessages(time);
        if (sink is not null)
        {
            Target = new TargetHealth(time);
            _sender = new BatchSender(sink, journal, Target, _suspicion, options, time);
            _backlog = new Backlog(board, options.OutOfOrderWindow, time);
        }
    }

    /// <summary>How the target is doing; null without a sink.</summary>
    public TargetHealth? Target { get; }

    /// <summary>
    /// Handles a batch of a queue that several workers drain. Never throws for a message, a group store, a sink or the deadline: what was not
    /// delivered is in <see cref="BatchOutcome.Failed"/>.
    /// </summary>
    /// <param name="messages">The messages.</param>
    /// <param name="cancellationToken">Ends the work; what has been settled by then is reported.</param>
    public async ValueTask<BatchOutcome> HandleAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var outcome = new BatchOutcome(messages);
        var held = new HeldMessages(_time);
        var started = _time.GetTimestamp();
        using var activity = PushTelemetry.StartDelivery(TraceParents(messages));
        using var ended = new CancellationTokenSource();
        using var work = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = Task.CompletedTask;
        try
        {
            var due = await TakeTurnAsync(PassOver(messages, outcome), outcome, work.Token);
            watching = WatchTargetAsync(due, work, ended.Token);
            var batch = await OpenAsync(due, outcome, wereApplied: false, work.Token);
            await DeliverAsync(batch, held, work.Token);
            await WorkThroughAsync(held, outcome, work.Token);
        }
        catch (OperationCanceledException) when (work.IsCancellationRequested)
        {
            outcome.FailureReason ??= "the time for this batch was up";
        }

        ended.Cancel();
        await watching;
        await MarkAsync(outcome, held, cancellationToken);
        _delivered.Add(outcome.Delivered);
        PushTelemetry.BatchEnded(outcome.Delivered.Count, _time.GetElapsedTime(started));
        Count(outcome);
        activity?.SetStatus(outcome.FailureReason is null ? ActivityStatusCode.Ok : ActivityStatusCode.Error, outcome.FailureReason);
        return outcome;
    }

    /// <summary>Why a message can never be delivered, as far as its reading tells; null when it can be read.</summary>
    public PushError? FindRefusal(ReceivedMessage message)
    {
        var batch = Rent();
        var isRead = PushMessageCodec.TryDecode(message, batch.Samples, _limits, out _, out var error);
        Return(batch);
        return isRead ? null : error;
    }

    /// <summary>
    /// Decodes messages and applies them to the group store. What is returned is to be given to <see cref="DeliverAsync"/> or
    /// <see cref="Return"/>.
    /// </summary>
    /// <param name="messages">The messages.</param>
    /// <param name="outcome">Takes what becomes of them.</param>
    /// <param name="wereApplied">Whether they were applied before, in their order.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    internal async ValueTask<DeliveryBatch> OpenAsync(
        IReadOnlyList<ReceivedMessage> messages, BatchOutcome outcome, bool wereApplied, CancellationToken cancellationToken)
    {
        var batch = Rent();
        batch.Outcome = outcome;
        foreach (var message in messages)
        {
            if (!TryDecode(batch, message, outcome, out var fault))
            {
                batch.Faulty.Add(new HeldMessage(message) { IsFault = true, IsUnapplied = true, Company = 1, FailureReason = fault });
            }
        }

        batch.Seal();
        await ApplyAsync(batch, outcome, wereApplied, cancellationToken);
        return batch;
    }

    /// <summary>
    /// Sends a batch on the fast lane, for as long as the sink takes nothing. Afterwards each message is settled in the outcome, or held.
    /// </summary>
    internal async ValueTask DeliverAsync(DeliveryBatch batch, HeldMessages held, CancellationToken cancellationToken)
    {
        var outcome = batch.Outcome!;
        try
        {
            if (_sender is not null)
            {
                WithholdBehind(held, batch);
                await _sender.SendAsync(batch, suspect: null, outcome, cancellationToken);
            }
        }
        finally
        {
            await ConfirmAsync(batch, cancellationToken);
            batch.SettleDropped();
            var waiting = batch.Faulty.ToList();
            waiting.ForEach(Postpone);
            for (var i = 0; i < batch.Count; i++)
            {
                if (outcome.IsSettled(batch[i]))
                {
                    continue;
                }

                if (IsDelivered(batch, i))
                {
                    Deliver(batch[i], batch.Fate(i).TooOld, batch.Fate(i).TooOldCount, outcome);
                }
                else
                {
                    waiting.Add(Hold(new HeldMessage(batch[i]), batch, i));
                }
            }

            held.Add(waiting);
            Return(batch);
        }
    }

    /// <summary>Tries the held messages whose turn it is.</summary>
    internal async ValueTask<LaneStep> WorkAsync(HeldMessages held, BatchOutcome outcome, CancellationToken cancellationToken)
    {
        var chosen = new List<HeldMessage>();
        var next = held.Choose(chosen);
        if (chosen.Count == 0)
        {
            return new LaneStep(false, next);
        }

        var batch = Rent();
        batch.Outcome = outcome;
        var tried = new List<HeldMessage>(chosen.Count);
        try
        {
            foreach (var message in chosen)
            {
                if (TryDecode(batch, message.Received, outcome, out var fault))
                {
                    tried.Add(message);
                }
                else
                {
                    (message.IsFault, message.FailureReason) = (true, fault);
                    Postpone(message);
                }
            }

            batch.Seal();
            for (var i = 0; i < batch.Count; i++)
            {
                batch.Resume(i, tried[i]);
            }

            await ApplyAsync(batch, outcome, wereApplied: !tried.Exists(message => message.IsUnapplied), cancellationToken);
            if (_sender is not null)
            {
                var suspect = tried is [{ IsSuspect: true } alone] ? alone : null;
                await _sender.SendAsync(batch, suspect, outcome, cancellationToken);
                if (suspect?.Refused.Count > 0)
                {
                    held.SuspectUntil(_time.GetUtcNow().ToUnixTimeMilliseconds() - _suspicion.HorizonMs);
                }
            }
        }
        finally
        {
            held.Spent(batch.Requests, tried is [{ IsSuspect: true }]);
            await ConfirmAsync(batch, cancellationToken);
            batch.SettleDropped();
            for (var i = 0; i < batch.Count; i++)
            {
                Conclude(batch, i, tried[i], held, outcome);
            }

            Return(batch);
        }

        foreach (var message in chosen.Except(tried))
        {
            if (message.Failures >= _options.MaxTries)
            {
                outcome.Reject(message.Received, Fault(message));
                held.Remove(message);
            }
        }

        return new LaneStep(true, null);
    }

    // What cannot be tried now comes again with the queue. A message that the code failed on before is not given back a second time.
    private async ValueTask WorkThroughAsync(HeldMessages held, BatchOutcome outcome, CancellationToken cancellationToken)
    {
        LaneStep step;
        do
        {
            step = await WorkAsync(held, outcome, cancellationToken);
        }
        while (step.Worked);

        outcome.FailureReason = held.FirstFailure(outcome.IsWaiting) ?? outcome.FailureReason;
        foreach (var message in held.Faulty())
        {
            if (message.Received.IsRedelivered)
            {
                outcome.Reject(message.Received, Fault(message));
            }
        }
    }

    // While older messages wait, the newer ones are not even applied to their groups: what a push ends depends on those before it.
    private async ValueTask<IReadOnlyList<ReceivedMessage>> TakeTurnAsync(
        IReadOnlyList<ReceivedMessage> messages, BatchOutcome outcome, CancellationToken cancellationToken)
    {
        if (_backlog is null || messages.Count == 0)
        {
            return messages;
        }

        outcome.LatestMs = await _backlog.ReadAsync(cancellationToken);
        var due = new List<ReceivedMessage>(messages.Count);
        foreach (var message in messages)
        {
            if (message.SentMs <= outcome.LatestMs)
            {
                due.Add(message);
            }
            else
            {
                outcome.Defer(message, _backlog.DelayOf(message, outcome.LatestMs));
                outcome.FailureReason = BatchOutcome.OlderFirst;
            }
        }

        return due;
    }

    // A worker that kept its messages for as long as the target is down would leave the others unmarked in the queue.
    private async Task WatchTargetAsync(IReadOnlyList<ReceivedMessage> messages, CancellationTokenSource work, CancellationToken ended)
    {
        for (var down = 0; _backlog is not null && messages.Count > 0; down = Target!.State.IsUp ? 0 : down + 1)
        {
            if (down == 1)
            {
                foreach (var message in messages)
                {
                    _backlog.Mark(message, MarkInterval);
                }

                _backlog.Hold();
                await _backlog.WriteAsync(ended);
            }
            else if (down == 2)
            {
                work.Cancel();
                return;
            }

            await Task.Delay(MarkInterval, _time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (ended.IsCancellationRequested)
            {
                return;
            }
        }
    }

    // What waits for the target, or for its turn, is waited for. What waits for its own sake holds up nobody.
    private async ValueTask MarkAsync(BatchOutcome outcome, HeldMessages held, CancellationToken cancellationToken)
    {
        if (_backlog is null)
        {
            return;
        }

        var now = _time.GetUtcNow();
        if (outcome.Failed is { Count: > 0 } failed)
        {
            var isDown = outcome.Failures.Count > 0 && !Target!.State.IsUp;
            var troubled = held.Troubled();
            foreach (var message in failed)
            {
                if (outcome.IsDeferred(message) || (isDown && !troubled.Contains(message)))
                {
                    _backlog.Mark(message, outcome.DelayOf(message, now));
                }
            }

            if (isDown)
            {
                _backlog.Hold();
            }
        }

        if (outcome.LatestMs < long.MaxValue)
        {
            foreach (var message in outcome.Delivered)
            {
                _backlog.Mark(message, TimeSpan.Zero);
            }
        }

        await _backlog.WriteAsync(cancellationToken);
    }

    // Passes over what was delivered a moment ago and comes once more. Usually that is nothing.
    private IReadOnlyList<ReceivedMessage> PassOver(IReadOnlyList<ReceivedMessage> messages, BatchOutcome outcome)
    {
        var copies = messages.Where(_delivered.Contains).ToHashSet();
        foreach (var copy in copies)
        {
            outcome.Deliver(copy);
        }

        return copies.Count == 0 ? messages : [.. messages.Where(message => !copies.Contains(message))];
    }

    /// <summary>The trace contexts of messages.</summary>
    internal static IEnumerable<string> TraceParents(IReadOnlyList<ReceivedMessage> messages) =>
        messages.Select(message => message.Message.Attributes.GetValueOrDefault(MessageAttribute.TraceParent)).OfType<string>();

    /// <summary>Counts what has become of messages.</summary>
    internal void Count(BatchOutcome outcome)
    {
        foreach (var letter in outcome.DeadLetters)
        {
            PushTelemetry.MessageRejected(letter.Reason.Code);
        }

        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var message in outcome.Delivered)
        {
            PushTelemetry.QueueLeft(TimeSpan.FromMilliseconds(now - message.SentMs));
        }
    }

    private DeliveryBatch Rent() => _batches.TryTake(out var batch) ? batch : new DeliveryBatch();

    /// <summary>Gives a batch back.</summary>
    internal void Return(DeliveryBatch batch)
    {
        if (batch.IsReusable)
        {
            batch.Clear();
            _batches.Add(batch);
        }
    }

    // False: the code failed on the message, and the reason says how. One that cannot be read is settled as a dead letter.
    private bool TryDecode(DeliveryBatch batch, ReceivedMessage message, BatchOutcome outcome, out string fault)
    {
        var start = batch.Samples.Mark;
        fault = "";
        try
        {
            if (PushMessageCodec.TryDecode(message, batch.Samples, _limits, out var header, out var error))
            {
                batch.Add(message, header, start);
            }
            else
            {
                batch.Samples.Rollback(start);
                outcome.Reject(message, error);
                batch.Add(message, PushHeader.None, start);
            }

            return true;
        }
#pragma warning disable CA1031 // Whatever it was, it must not hold up the other messages.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            batch.Samples.Rollback(start);
            PushTelemetry.MessagesFailed(1);
            fault = exception.Message;
            return false;
        }
    }

    private async ValueTask ApplyAsync(DeliveryBatch batch, BatchOutcome outcome, bool wereApplied, CancellationToken cancellationToken)
    {
        if (_groups is null || batch.Count == 0)
        {
            return;
        }

        var effects = new GroupEffects { TellsSink = _sender is not null, WereApplied = wereApplied };
        try
        {
            await _groups.ApplyAsync(batch.Pushes, effects, cancellationToken);
        }
#pragma warning disable CA1031 // Whatever it was, it must not hold up the other messages.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            effects.Clear();
            await ApplyOneByOneAsync(batch, effects, cancellationToken);
        }

        foreach (var (push, reason) in effects.Refused)
        {
            batch.Fate(batch.PushOwners[push]).IsWithheld = true;
            outcome.Reject(batch[batch.PushOwners[push]], reason);
        }

        PushTelemetry.MessagesFailed(effects.Failed.Count);
        outcome.NoteWaiting(batch, effects.Waiting);
        foreach (var (push, reason) in effects.Failed.Concat(effects.Waiting))
        {
            batch.Fate(batch.PushOwners[push]).IsWithheld = true;
            batch.Fate(batch.PushOwners[push]).Failure = reason;
            batch.Fate(batch.PushOwners[push]).IsUnapplied = true;
        }

        foreach (var push in effects.Unfinished)
        {
            batch.Fate(batch.PushOwners[push]).IsUnfinished = true;
        }

        batch.AddMarkers(effects.Stale);
    }

    // The others keep their place in the list, and do nothing.
    private async ValueTask ApplyOneByOneAsync(DeliveryBatch batch, GroupEffects effects, CancellationToken cancellationToken)
    {
        var nothing = new BatchedPush(PushHeader.None, batch.Samples, default, default);
        var pushes = Enumerable.Repeat(nothing, batch.Pushes.Count).ToArray();
        for (var i = 0; i < pushes.Length; i++)
        {
            pushes[i] = batch.Pushes[i];
            try
            {
                await _groups!.ApplyAsync(pushes, effects, cancellationToken);
            }
#pragma warning disable CA1031 // Whatever it was, it must not hold up the other messages.
            catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
            {
                effects.Fail(i, exception.Message);
                batch.Fate(batch.PushOwners[i]).IsFault = true;
            }

            pushes[i] = nothing;
        }
    }

    // A message that cannot be confirmed comes again: otherwise the store would keep the series that its push has ended for good.
    private async ValueTask ConfirmAsync(DeliveryBatch batch, CancellationToken cancellationToken)
    {
        var settled = batch.SettledMarkers().ToList();
        if (settled.Count == 0)
        {
            return;
        }

        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var registration = cancellationToken.Register(() => limit.CancelAfter(ConfirmTime));
        try
        {
            await _groups!.ConfirmAsync(settled, limit.Token);
        }
#pragma warning disable CA1031 // Whatever it was, the messages must not be lost from memory: they are tried again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            foreach (var marker in settled)
            {
                batch.Fate(batch.PushOwners[marker.Push]).IsWithheld = true;
                batch.Fate(batch.PushOwners[marker.Push]).Failure = exception.Message;
            }
        }
    }

    // A sample waits for an older one of its series that is held, and a suspect is sent beside the others.
    private void WithholdBehind(HeldMessages held, DeliveryBatch batch)
    {
        if (held.IsEmpty && _suspicion.IsEmpty && !batch.HasWithheld)
        {
            return;
        }

        batch.SettleSuperseded();
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var behind = new HashSet<int>();
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch.Outcome!.IsSettled(batch[i]))
            {
                continue;
            }

            var series = batch.OpenSeriesOf(i);
            var age = nowMs - batch.OldestMs(i);
            ref var fate = ref batch.Fate(i);
            if (Array.Exists(series, one => _suspicion.Suspects(one, age)))
            {
                (fate.IsWithheld, fate.Company) = (true, 1);
            }
            else if (Array.Exists(series, one => behind.Contains(one) || held.Holds(one)))
            {
                fate.IsWithheld = true;
            }

            if (fate.IsWithheld)
            {
                behind.UnionWith(series);
            }
        }
    }

    // Without a sink, the group store is all that a message is for.
    private bool IsDelivered(DeliveryBatch batch, int index) => _sender is null ? !batch.Fate(index).IsWithheld : batch.IsSettled(index);

    private HeldMessage Hold(HeldMessage message, DeliveryBatch batch, int index)
    {
        ref var fate = ref batch.Fate(index);
        message.Series = batch.OpenSeriesOf(index);
        message.OldestMs = batch.OldestMs(index);
        Update(message, batch, index, fate);
        return message;
    }

    private void Update(HeldMessage message, DeliveryBatch batch, int index, in MessageFate fate)
    {
        message.Settled = batch.SettledOf(index);
        message.Company = fate.IsUnapplied ? 1 : fate.Company == 0 ? message.Company : Math.Min(message.Company, fate.Company);
        message.IsSuspect |= fate.IsSuspect;
        message.IsUnapplied = fate.IsUnapplied;
        message.IsFault = fate.IsFault;
        message.TooOld ??= fate.TooOld;
        message.TooOldCount += fate.TooOldCount;
        message.Unknown = batch.UnknownOf(index);
        message.WasSent = fate.WasSent;
        if (fate.Failure is not null)
        {
            message.FailureReason = fate.Failure;
            Postpone(message);
        }
        else
        {
            (message.Failures, message.NotBefore) = (0, 0);
        }
    }

    private void Conclude(DeliveryBatch batch, int index, HeldMessage message, HeldMessages held, BatchOutcome outcome)
    {
        if (outcome.IsSettled(message.Received))
        {
            held.Remove(message);
        }
        else if (message.Refused.Count > 0 && (message.Refused.Count < _options.MaxProofs ? IsDelivered(batch, index) : batch.AreMarkersSettled(index)))
        {
            outcome.Reject(message.Received, Refusal(message, batch.CountOpen(index)));
            held.Remove(message);
        }
        else if (IsDelivered(batch, index))
        {
            if (message.Company == 1)
            {
                _suspicion.Taken(_time.GetUtcNow().ToUnixTimeMilliseconds() - batch.OldestMs(index));
            }

            ref var fate = ref batch.Fate(index);
            Deliver(message.Received, message.TooOld ?? fate.TooOld, message.TooOldCount + fate.TooOldCount, outcome);
            held.Remove(message);
        }
        else
        {
            held.Update(message, batch.OpenSeriesOf(index));
            Update(message, batch, index, batch.Fate(index));
            if (message.IsFault && message.Failures >= _options.MaxTries)
            {
                outcome.Reject(message.Received, Fault(message));
                held.Remove(message);
            }
        }
    }

    // The target has everything of the message but what became too old for it.
    private void Deliver(ReceivedMessage message, string? tooOld, int count, BatchOutcome outcome)
    {
        if (tooOld is null)
        {
            outcome.Deliver(message);
            return;
        }

        var most = Duration.Format(_sender!.MaxSampleAge);
        var others = count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {count - 1} more samples");
        var reason = $"too old for the target, which takes samples for {most}: {tooOld}{others}; its other samples were delivered";
        outcome.Reject(message, new PushError(RejectCode.TimestampTooOld, reason));
    }

    private static PushError Refusal(HeldMessage message, int open)
    {
        var reason = new StringBuilder(message.Refused[0].Reason).Append("; refused: ").AppendJoin(", ", message.Refused.Select(sample => sample.Name));
        if (open > 0)
        {
            reason.Append(CultureInfo.InvariantCulture, $"; {open} more samples were not tried");
        }

        return new PushError(RejectCode.SinkRejected, reason.ToString());
    }

    private static PushError Fault(HeldMessage message) =>
        new(RejectCode.InternalError, $"the gateway failed on this message: {message.FailureReason}");

    private void Postpone(HeldMessage message)
    {
        var pause = Math.Min(_options.MaxBackoff.TotalSeconds, _options.MinBackoff.TotalSeconds * Math.Pow(2, message.Failures++));
        message.NotBefore = _time.GetTimestamp() + (long)(pause * _time.TimestampFrequency);
    }
}
