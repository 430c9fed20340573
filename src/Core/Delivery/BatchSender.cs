using System.Globalization;
using System.Text;
using PushGateway.Queue;
using PushGateway.Sinks;
using PushGateway.Telemetry;

namespace PushGateway.Delivery;

/// <summary>Sends what a batch has open to the sink, and notes in the batch what became of it. Safe for concurrent use.</summary>
/// <param name="sink">The sink.</param>
/// <param name="journal">Remembers what was sent; null: nobody asks for it.</param>
/// <param name="target">Learns from every answer.</param>
/// <param name="suspicion">Learns from refusals.</param>
/// <param name="options">Options.</param>
/// <param name="time">The clock.</param>
internal sealed class BatchSender(
    IMetricSink sink, ISendJournal? journal, TargetHealth target, Suspicion suspicion, DeliveryOptions options, TimeProvider time)
{
    // A dead letter's reason names a few series, and has to fit into a message attribute.
    private const int MaxNameLength = 200;

    /// <summary>The age beyond which the target takes no sample.</summary>
    public TimeSpan MaxSampleAge => sink.MaxSampleAge ?? TimeSpan.MaxValue;

    /// <summary>
    /// Sends everything that the batch has open. While the target takes nothing, it waits. A sample stays open when its request was refused,
    /// or when the target fails on it.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="suspect">
    /// The only message of the batch, when its samples are to be told apart. They are sent ever fewer at a time, until each is delivered or
    /// was refused alone.
    /// </param>
    /// <param name="outcome">Takes the reason of the last request that failed.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async ValueTask SendAsync(DeliveryBatch batch, HeldMessage? suspect, BatchOutcome outcome, CancellationToken cancellationToken)
    {
        var pace = new RequestPace(options, time);
        var rest = SkipTooOld(batch, batch.Coalesce());
        if (suspect is not null)
        {
            pace.Refused(rest.Length);
        }

        var isNoted = false;
        while (!(rest = StillToSend(batch, suspect, rest)).IsEmpty)
        {
            if (!isNoted && await NoteSendingAsync(batch) is { } failure)
            {
                outcome.FailureReason = failure;
                await pace.FailedAsync(samples: 1, SinkResult.Retry(failure), cancellationToken);
                rest = SkipTooOld(batch, rest);
                continue;
            }

            var (count, result) = await TrySendAsync(batch, pace.Next(rest), cancellationToken);
            var sent = rest[..count];
            isNoted = result.Status != SinkStatus.Retry || result.ReachedTarget;
            outcome.FailureReason = result.Status == SinkStatus.Retry ? result.Reason : null;
            if (!isNoted)
            {
                await NoteUnsentAsync(batch);
            }
            else if (journal is not null)
            {
                batch.NoteSent(sent.Span);
            }

            switch (result.Status)
            {
                case SinkStatus.Delivered:
                    PushTelemetry.SamplesStored(count);
                    batch.Settle(sent.Span);
                    pace.Succeeded();
                    rest = rest[count..];
                    break;
                case SinkStatus.Rejected when suspect is null:
                    NoteRefusal(batch, sent.Span);
                    rest = SkipSeries(rest, count);
                    break;
                case SinkStatus.Rejected:
                    pace.Refused(count);
                    if (count == 1)
                    {
                        SettleRefused(batch, suspect, sent.Span[0], result);
                        rest = rest[1..];
                    }

                    break;
                default:
                    PushTelemetry.Retried(Owners(sent.Span).Count);
                    if (result.ReachedTarget)
                    {
                        NoteUnknown(batch, sent.Span, result.Reason);
                        rest = count == 1 ? SkipSeries(rest, count) : rest;
                    }

                    await pace.FailedAsync(count, result, cancellationToken);
                    rest = SkipTooOld(batch, rest);
                    break;
            }
        }
    }

    // A restart must not take what was never sent for stored. Null when the note is written; otherwise why it cannot be.
    private async ValueTask<string?> NoteSendingAsync(DeliveryBatch batch)
    {
        if (journal is null || batch.Unsent() is not { Count: > 0 } unsent)
        {
            return null;
        }

        try
        {
            await journal.NoteSendingAsync(unsent);
            return null;
        }
        catch (QueueUnavailableException exception)
        {
            target.Ended(target.Sending(), SinkResult.Retry(exception.Message));
            return exception.Message;
        }
    }

    private async ValueTask NoteUnsentAsync(DeliveryBatch batch)
    {
        if (journal is null || batch.Unsent() is not { Count: > 0 } unsent)
        {
            return;
        }

        try
        {
            await journal.NoteUnsentAsync(unsent);
        }
        catch (QueueUnavailableException)
        {
            // The note stays, which is right for samples that may yet be sent.
        }
    }

    // What has become too old for the target while it waited is settled without being sent.
    private ReadOnlyMemory<SeriesSample> SkipTooOld(DeliveryBatch batch, ReadOnlyMemory<SeriesSample> samples)
    {
        if (sink.MaxSampleAge is not { } most)
        {
            return samples;
        }

        var earliest = (time.GetUtcNow() - most).ToUnixTimeMilliseconds();
        return HasOlder(samples.Span, earliest) ? WithoutOlder(batch, samples.Span, earliest) : samples;
    }

    private static bool HasOlder(ReadOnlySpan<SeriesSample> samples, long earliestMs)
    {
        foreach (ref readonly var sample in samples)
        {
            if (sample.Sample.TimestampMs < earliestMs)
            {
                return true;
            }
        }

        return false;
    }

    private static SeriesSample[] WithoutOlder(DeliveryBatch batch, ReadOnlySpan<SeriesSample> samples, long earliestMs)
    {
        var kept = new List<SeriesSample>(samples.Length);
        foreach (ref readonly var sample in samples)
        {
            if (sample.Sample.TimestampMs >= earliestMs)
            {
                kept.Add(sample);
            }
            else
            {
                batch.SettleTooOld(sample, Name(batch, sample));
            }
        }

        return [.. kept];
    }

    // The groups have the push, whatever the target makes of its samples. Therefore the series that it has ended end in the target, too.
    private ReadOnlyMemory<SeriesSample> StillToSend(DeliveryBatch batch, HeldMessage? suspect, ReadOnlyMemory<SeriesSample> rest) =>
        suspect?.Refused.Count >= options.MaxProofs ? batch.MarkersAmong(rest) : rest;

    // Whatever an encoder or a sink throws is the fault of what it was given: it is narrowed down like a failing request.
    private async ValueTask<SentRequest> TrySendAsync(DeliveryBatch batch, ReadOnlyMemory<SeriesSample> samples, CancellationToken cancellationToken)
    {
        batch.Requests++;
        var sent = target.Sending();
        SinkResult? result = null;
        try
        {
            var request = await sink.SendAsync(new SampleRange(batch.Samples, samples), cancellationToken);
            result = request.Result;
            return request;
        }
#pragma warning disable CA1031 // Whatever it was, it must not hold up the other messages.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            var failure = SinkResult.Retry(exception.Message, reachedTarget: true);
            result = failure;
            return new SentRequest(samples.Length, failure);
        }
        finally
        {
            target.Ended(sent, result);
        }
    }

    private void SettleRefused(DeliveryBatch batch, HeldMessage message, in SeriesSample sample, in SinkResult result)
    {
        batch.Settle(sample);
        if (batch.IsMarker(sample) || (batch.MayHaveArrived(sample) && (result.IsOutOfOrder || (result.IsDuplicate && batch.IsAssigned(sample)))))
        {
            return;
        }

        var series = batch.Samples.Series[sample.Series];
        var age = time.GetUtcNow().ToUnixTimeMilliseconds() - sample.Sample.TimestampMs;
        suspicion.Refused(batch.Samples.HashOf(series), age, forItsAge: !result.IsOutOfOrder);
        message.Refused.Add(new RefusedSample(Name(batch, sample), result.Reason));
    }

    private static string Name(DeliveryBatch batch, in SeriesSample sample)
    {
        var symbols = batch.Samples.Symbols;
        var series = batch.Samples.Series[sample.Series];
        var labels = new List<string>(series.LabelCount);
        foreach (var label in batch.Samples.LabelsOf(series))
        {
            labels.Add($"{symbols.GetString(label.Name)}=\"{symbols.GetString(label.Value)}\"");
        }

        var name = new StringBuilder(symbols.GetString(series.Name));
        if (labels.Count > 0)
        {
            name.Append('{').AppendJoin(',', labels).Append('}');
        }

        if (name.Length > MaxNameLength)
        {
            name.Length = MaxNameLength;
            name.Append("...");
        }

        return name.Append(CultureInfo.InvariantCulture, $" @{sample.Sample.TimestampMs}").ToString();
    }

    private static void NoteRefusal(DeliveryBatch batch, ReadOnlySpan<SeriesSample> refused)
    {
        var owners = Owners(refused);
        foreach (var owner in owners)
        {
            ref var fate = ref batch.Fate(owner);
            fate.Company = Math.Min(fate.Company == 0 ? int.MaxValue : fate.Company, Math.Max(1, owners.Count / 2));
            fate.IsSuspect |= owners.Count == 1;
        }
    }

    // The target may have the samples or not. When one alone fails, its message is set aside.
    private static void NoteUnknown(DeliveryBatch batch, ReadOnlySpan<SeriesSample> failed, string reason)
    {
        batch.NoteUnknown(failed);
        if (failed.Length == 1)
        {
            ref var fate = ref batch.Fate(failed[0].Owner);
            (fate.Failure, fate.IsSuspect) = (reason, true);
        }
    }

    private static HashSet<int> Owners(ReadOnlySpan<SeriesSample> samples)
    {
        var owners = new HashSet<int>();
        foreach (ref readonly var sample in samples)
        {
            owners.Add(sample.Owner);
        }

        return owners;
    }

    // The samples behind those sent. Newer ones of the last series wait with them.
    private static ReadOnlyMemory<SeriesSample> SkipSeries(ReadOnlyMemory<SeriesSample> samples, int count)
    {
        var series = samples.Span[count - 1].Series;
        while (count < samples.Length && samples.Span[count].Series == series)
        {
            count++;
        }

        return samples[count..];
    }
}
