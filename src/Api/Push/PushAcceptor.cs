using System.Collections.Concurrent;
using System.Diagnostics;
using PushGateway.Api.Validation;
using PushGateway.Buffers;
using PushGateway.Formats;
using PushGateway.Groups;
using PushGateway.Limits;
using PushGateway.Model;
using PushGateway.Queue;
using PushGateway.Telemetry;

namespace PushGateway.Api.Push;

/// <summary>The way of a push: body, model, limits, messages, queue. What it accepts is durable.</summary>
internal sealed class PushAcceptor(IPushQueue queue, PushLimits limits, GroupQuota quota, PushClock clock, ILogger<PushAcceptor> logger)
{
    // Buffers that one huge push has grown are not kept for the small ones that follow.
    private const int MaxPooledSymbols = 1 << 16;

    private readonly ConcurrentBag<MetricBatch> _batches = [];

    /// <summary>Accepts a push: null once it is durably queued, or why it was refused.</summary>
    public async ValueTask<PushRefusal?> AcceptAsync(HttpRequest http, PushRequest push)
    {
        using var body = new PooledBuffer();
        if (await RequestBody.ReadAsync(http, body, limits) is { } unreadable)
        {
            return Refused("none", PushRefusal.Of(unreadable));
        }

        if (!TryGetFormat(http.ContentType, push, body.Written.Span, out var format))
        {
            return Refused("none", PushRefusal.Of(new PushError(
                RejectCode.MediaTypeUnsupported, $"media type \"{http.ContentType}\" is not supported")));
        }

        var batch = _batches.TryTake(out var pooled) ? pooled : new MetricBatch();
        try
        {
            return await AcceptAsync(push, format, body.Written, batch, http.HttpContext.RequestAborted);
        }
        finally
        {
            if (batch.Symbols.Count <= MaxPooledSymbols)
            {
                batch.Clear();
                _batches.Add(batch);
            }
        }
    }

    /// <summary>Queues the deletion of a group: null once that is durably queued, or why it was refused.</summary>
    public async ValueTask<PushRefusal?> DeleteAsync(PushRequest delete, CancellationToken cancellationToken)
    {
        if (await EnqueueAsync(delete, clock.Next(), new MetricBatch(), cancellationToken) is { } error)
        {
            return Refused("none", PushRefusal.Of(error));
        }

        PushTelemetry.Pushed("none", "accepted", samples: 0);
        return null;
    }

    private async ValueTask<PushRefusal?> AcceptAsync(
        PushRequest push, PushFormat format, ReadOnlyMemory<byte> body, MetricBatch batch, CancellationToken cancellationToken)
    {
        var pushTimeNs = clock.Next();
        var context = new ParseContext(limits, pushTimeNs / 1_000_000);
        if ((Parse(push, format, body.Span, batch, context) ?? CheckQuota(push, pushTimeNs, batch)) is { } refusal)
        {
            if (push.Group is not null && refusal.First.FailsGroup)
            {
                // The sender hears of the refusal whether or not its time can be recorded.
                await EnqueueAsync(push with { Operation = PushOperation.Fail }, pushTimeNs, new MetricBatch(), cancellationToken);
            }

            return Refused(NameOf(format), refusal);
        }

        var samples = batch.Samples.Length;
        if (await EnqueueAsync(push, pushTimeNs, batch, cancellationToken) is { } error)
        {
            return Refused(NameOf(format), PushRefusal.Of(error));
        }

        PushTelemetry.Pushed(NameOf(format), "accepted", samples);
        return null;
    }

    private static PushRefusal? Parse(PushRequest push, PushFormat format, ReadOnlySpan<byte> body, MetricBatch batch, in ParseContext context)
    {
        var start = batch.BeginPush([.. push.Labels.Select(label => new Label(batch.Symbols.Intern(label.Key), batch.Symbols.Intern(label.Value)))]);
        if (!PushParser.TryParse(format, body, push.Group is not null, batch, context, out var error))
        {
            return format == PushFormat.Json
                ? PushRefusal.Of(RecordDescriber.Describe(body, context, error))
                : PushRefusal.Of(error);
        }

        if (push.Group is null && batch.Samples.IsEmpty)
        {
            return PushRefusal.Of(new PushError(RejectCode.Empty, "the body holds no sample"));
        }

        return context.Limits.Check(batch, start, context.ReceivedMs) is { } exceeded ? PushRefusal.Of(exceeded) : null;
    }

    private PushRefusal? CheckQuota(PushRequest push, long pushTimeNs, MetricBatch batch) =>
        push.Group is not null && quota.Check(new GroupPush(HeaderOf(push, pushTimeNs), batch, default, batch.Mark)) is { } full
            ? PushRefusal.Of(full)
            : null;

    private async ValueTask<PushError?> EnqueueAsync(PushRequest push, long pushTimeNs, MetricBatch batch, CancellationToken cancellationToken)
    {
        using var activity = PushTelemetry.StartEnqueue();
        var header = HeaderOf(push, pushTimeNs) with { TraceParent = (activity ?? Activity.Current)?.Id };
        var messages = new List<QueueMessage>(1);
        if (PushMessageCodec.Encode(header, batch, queue.Format, messages) is { } tooLarge)
        {
            return tooLarge;
        }

        try
        {
            await queue.EnqueueAsync(messages, cancellationToken);
        }
        catch (QueueUnavailableException exception)
        {
            // The reason is the operator's: it can name accounts and folders.
            logger.QueueUnavailable(exception.Message);
            return new PushError(RejectCode.QueueUnavailable, "the push cannot be stored now; send it again");
        }

        PushTelemetry.Queued(messages.Count);
        return null;
    }

    private static PushHeader HeaderOf(PushRequest push, long pushTimeNs) => new(push.Operation, push.Group, pushTimeNs);

    // Pushgateway reads what is pushed to a group as text unless its content type says protobuf.
    private static bool TryGetFormat(string? contentType, PushRequest push, ReadOnlySpan<byte> body, out PushFormat format)
    {
        var known = MediaType.TryGetFormat(contentType, body, out format);
        if (push.Group is null)
        {
            return known && format != PushFormat.RemoteWrite2;
        }

        format = known && format == PushFormat.Protobuf ? format : PushFormat.Text;
        return true;
    }

    private static PushRefusal Refused(string format, PushRefusal refusal)
    {
        PushTelemetry.Pushed(format, refusal.First.Code, samples: 0);
        return refusal;
    }

    private static string NameOf(PushFormat format) => format switch
    {
        PushFormat.Json => "json",
        PushFormat.OpenMetrics => "openmetrics",
        PushFormat.Protobuf => "protobuf",
        _ => "text",
    };
}
