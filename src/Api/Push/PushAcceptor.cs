using PushGateway.Api.Validation;
using PushGateway.Buffers;
using PushGateway.Formats;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Telemetry;

namespace PushGateway.Api.Push;

/// <summary>The way of a push: body, model, limits, messages, queue. What it accepts is durable.</summary>
internal sealed class PushAcceptor(PushOutbox outbox, BatchPool batches, GatewayOptions options, GroupQuota quota, PushClock clock)
{
    /// <summary>Accepts a push: null once it is durably queued, or why it was refused.</summary>
    public async ValueTask<PushRefusal?> AcceptAsync(HttpRequest http, PushRoute push)
    {
        if (push.Group is not null)
        {
            if (TimeToLiveHeader.Read(http, options.GroupTimeToLive, out var timeToLive) is { } invalid)
            {
                return PushRefusal.Of(invalid).Counted("none");
            }

            push = push with { TimeToLive = timeToLive };
        }

        using var body = new PooledBuffer();
        if (await RequestBody.ReadAsync(http, body, options.Limits) is { } unreadable)
        {
            return PushRefusal.Of(unreadable).Counted("none");
        }

        if (!TryGetFormat(http.ContentType, push, body.Written.Span, out var format))
        {
            return PushRefusal.Of(PushRefusal.MediaTypeUnsupported(http.ContentType)).Counted("none");
        }

        var batch = batches.Rent();
        try
        {
            return await AcceptAsync(push, format, body.Written, batch, http.HttpContext.RequestAborted);
        }
        finally
        {
            batch.Release();
        }
    }

    /// <summary>Queues the deletion of a group: null once that is durably queued, or why it was refused.</summary>
    public ValueTask<PushRefusal?> DeleteAsync(GroupingKey group, CancellationToken cancellationToken) =>
        DeleteAsync([new PushHeader(PushOperation.Delete, group, clock.Next())], cancellationToken);

    /// <summary>Queues the deletion of every group that one of the selectors takes: null once that is durably queued, or why it was refused.</summary>
    public ValueTask<PushRefusal?> DeleteAsync(IEnumerable<GroupSelector> selectors, CancellationToken cancellationToken)
    {
        var pushTimeNs = clock.Next();
        return DeleteAsync(
            [.. selectors.Select(selector => new PushHeader(PushOperation.Delete, Group: null, pushTimeNs) { Selector = selector })], cancellationToken);
    }

    private async ValueTask<PushRefusal?> DeleteAsync(IReadOnlyList<PushHeader> deletes, CancellationToken cancellationToken)
    {
        var nothing = new MetricBatch();
        BatchedPush[] pushes = [.. deletes.Select(delete => new BatchedPush(delete, nothing, default, default))];
        if (await outbox.SendAsync(pushes, shared: null, quota, cancellationToken) is { } error)
        {
            return PushRefusal.Of(error).Counted("none");
        }

        PushTelemetry.Pushed("none", "accepted", samples: 0);
        return null;
    }

    private async ValueTask<PushRefusal?> AcceptAsync(
        PushRoute push, PushFormat format, ReadOnlyMemory<byte> body, SharedBatch shared, CancellationToken cancellationToken)
    {
        var batch = shared.Batch;
        var pushTimeNs = clock.Next();
        var context = new ParseContext(options.Limits, pushTimeNs / 1_000_000) { DefaultTimestampMs = Sample.NoTimestamp };
        var header = new PushHeader(push.Operation, push.Group, pushTimeNs) { TimeToLive = push.TimeToLive };
        if (Parse(push, format, body.Span, batch, context) is { } unread)
        {
            await FailAsync(header, batch, unread, cancellationToken);
            return unread.Counted(NameOf(format));
        }

        var pushed = new BatchedPush(header, batch, default, batch.Mark);
        if (quota.Reserve(pushed) is { } full)
        {
            var refusal = PushRefusal.Of(full);
            await FailAsync(header, batch, refusal, cancellationToken);
            return refusal.Counted(NameOf(format));
        }

        if (await outbox.SendAsync([pushed], shared, quota, cancellationToken) is { } error)
        {
            return PushRefusal.Of(error).Counted(NameOf(format));
        }

        PushTelemetry.Pushed(NameOf(format), "accepted", batch.Samples.Length);
        return null;
    }

    // The sender hears of the refusal whether or not its time can be recorded.
    private async ValueTask FailAsync(PushHeader header, MetricBatch batch, PushRefusal refusal, CancellationToken cancellationToken)
    {
        var failure = new BatchedPush(header with { Operation = PushOperation.Fail }, batch, default, default);
        if (header.Group is not null && refusal.First.FailsGroup && quota.Reserve(failure) is null)
        {
            await outbox.SendAsync([failure], shared: null, quota, cancellationToken);
        }
    }

    private static PushRefusal? Parse(PushRoute push, PushFormat format, ReadOnlySpan<byte> body, MetricBatch batch, in ParseContext context)
    {
        var start = batch.BeginPush([.. push.Labels.Select(label => new Label(batch.Symbols.Intern(label.Key), batch.Symbols.Intern(label.Value)))]);
        if (!PushReader.TryRead(format, body, push.Group is not null, batch, context, out var error))
        {
            return format == PushFormat.Json
                ? PushRefusal.Of(RecordDescriber.Describe(body, context, groups: null, error))
                : PushRefusal.Of(error);
        }

        if (push.Group is null && batch.Samples.IsEmpty)
        {
            return PushRefusal.Of(new PushError(RejectCode.Empty, "the body holds no sample"));
        }

        return context.Limits.Check(batch, start, context.ReceivedMs) is { } exceeded ? PushRefusal.Of(exceeded) : null;
    }

    // Pushgateway reads what is pushed to a group as text unless its content type says protobuf.
    private static bool TryGetFormat(string? contentType, PushRoute push, ReadOnlySpan<byte> body, out PushFormat format)
    {
        var known = MediaType.TryGetFormat(contentType, body, out format);
        if (push.Group is null)
        {
            return known && format != PushFormat.RemoteWrite2;
        }

        format = known && format == PushFormat.Protobuf ? format : PushFormat.Text;
        return true;
    }

    private static string NameOf(PushFormat format) => format switch
    {
        PushFormat.Json => "json",
        PushFormat.OpenMetrics => "openmetrics",
        PushFormat.Protobuf => "protobuf",
        PushFormat.Text => "text",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "not a format that is pushed over HTTP"),
    };
}
