using System.Collections.Immutable;
using PushGateway.Api.Validation;
using PushGateway.Buffers;
using PushGateway.Formats;
using PushGateway.Formats.Json;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Telemetry;

namespace PushGateway.Api.Push;

/// <summary>
/// The way of a push to many groups: JSON records that name theirs. It is accepted or refused as a whole; records of one group are one
/// push, and all pushes have one time.
/// </summary>
internal sealed class GroupsAcceptor(PushOutbox outbox, BatchPool batches, GatewayOptions options, GroupQuota quota, PushClock clock)
{
    private const string FormatName = "json";

    /// <summary>Accepts a push: null once all of it is durably queued, or why it was refused.</summary>
    /// <param name="http">The request.</param>
    /// <param name="operation">What is done to each group: <see cref="PushOperation.Replace"/> or <see cref="PushOperation.Merge"/>.</param>
    /// <param name="pinned">Labels that every group has in place of its own of the same names.</param>
    public async ValueTask<PushRefusal?> AcceptAsync(HttpRequest http, PushOperation operation, ImmutableArray<KeyValuePair<string, string>> pinned)
    {
        if (TimeToLiveHeader.Read(http, options.GroupTimeToLive, out var timeToLive) is { } invalid)
        {
            return PushRefusal.Of(invalid).Counted("none");
        }

        // A type that says nothing is JSON here, whatever the body looks like.
        if (!MediaType.TryGetFormat(http.ContentType, "[]"u8, out var format) || format != PushFormat.Json)
        {
            return PushRefusal.Of(PushRefusal.MediaTypeUnsupported(http.ContentType)).Counted("none");
        }

        using var body = new PooledBuffer();
        if (await RequestBody.ReadAsync(http, body, options.Limits) is { } unreadable)
        {
            return PushRefusal.Of(unreadable).Counted("none");
        }

        var batch = batches.Rent();
        try
        {
            var header = new PushHeader(operation, Group: null, clock.Next()) { TimeToLive = timeToLive };
            return await AcceptAsync(header, body.Written, new NamedGroups(pinned), batch, http.HttpContext.RequestAborted);
        }
        finally
        {
            batch.Release();
        }
    }

    private async ValueTask<PushRefusal?> AcceptAsync(
        PushHeader header, ReadOnlyMemory<byte> body, NamedGroups groups, SharedBatch shared, CancellationToken cancellationToken)
    {
        var batch = shared.Batch;
        var context = new ParseContext(options.Limits, header.PushTimeNs / 1_000_000) { DefaultTimestampMs = Sample.NoTimestamp };
        if (Parse(body.Span, groups, batch, context) is { } refusal)
        {
            return refusal.Counted(FormatName);
        }

        BatchedPush[] pushes = [.. groups.All.Select(group => new BatchedPush(header with { Group = group.Key }, batch, group.Start, group.End))];
        if (Reserve(pushes) is { } full)
        {
            return full.Counted(FormatName);
        }

        if (await outbox.SendAsync(pushes, shared, quota, cancellationToken) is { } error)
        {
            return PushRefusal.Of(error).Counted(FormatName);
        }

        PushTelemetry.Pushed(FormatName, "accepted", batch.Samples.Length);
        return null;
    }

    private static PushRefusal? Parse(ReadOnlySpan<byte> body, NamedGroups groups, MetricBatch batch, in ParseContext context)
    {
        var start = batch.BeginPush();
        if (!PushReader.TryReadGroups(body, groups, batch, context, out var error))
        {
            return PushRefusal.Of(RecordDescriber.Describe(body, context, groups, error));
        }

        return context.Limits.Check(batch, start, context.ReceivedMs) is { } exceeded ? PushRefusal.Of(exceeded) : null;
    }

    private PushRefusal? Reserve(BatchedPush[] pushes)
    {
        var errors = new List<PushError>();
        foreach (var push in pushes)
        {
            if (errors.Count < RecordDescriber.MaxErrors && quota.Reserve(push) is { } full)
            {
                errors.Add(full with { Detail = $"group {push.Header.Group}: {full.Detail}" });
            }
        }

        if (errors.Count == 0)
        {
            return null;
        }

        quota.Release(pushes);
        return PushRefusal.Of(errors);
    }
}
