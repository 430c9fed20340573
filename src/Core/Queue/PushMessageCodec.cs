using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using PushGateway.Configuration;
using PushGateway.Formats;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Queue;

/// <summary>
/// The gateway's queue messages, version 1: a remote write 2.0 request (<see cref="MediaType.RemoteWrite2"/>) with the operation, group and
/// time of the push as attributes. The body is compressed with Brotli when that saves a billing chunk, and is base64 on a queue that
/// carries only text. The decoder also reads messages of direct producers: JSON without <see cref="MessageAttribute.ContentType"/>, and any
/// supported format with it.
/// </summary>
public static class PushMessageCodec
{
    private const string Version = "1";
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private const string Base64Encoding = "base64";
    private const string BrotliEncoding = "br";

    // By the number of the operation.
    private static readonly string[] Operations = ["append", "merge", "replace", "delete", "fail", "expire"];

    /// <summary>
    /// Encodes everything in <paramref name="batch"/> as messages that the queue can carry, and appends them to
    /// <paramref name="messages"/>.
    /// </summary>
    /// <returns>Null, or an error when a single series is too large for any message. After an error nothing may be sent.</returns>
    public static PushError? Encode(PushHeader header, MetricBatch batch, MessageCapacity capacity, ICollection<QueueMessage> messages) =>
        Encode(new BatchedPush(header, batch, default, batch.Mark), capacity, messages);

    /// <summary>Encodes a push as messages that the queue can carry, and appends them to <paramref name="messages"/>.</summary>
    /// <returns>Null, or an error when a single series is too large for any message. After an error nothing may be sent.</returns>
    public static PushError? Encode(in BatchedPush push, MessageCapacity capacity, ICollection<QueueMessage> messages)
    {
        using var encoder = PushMessageEncoder.Rent();
        return encoder.Encode(push, capacity, messages);
    }

    /// <summary>Reads a message and appends its samples to <paramref name="destination"/>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="destination">The batch. On failure the caller must roll it back.</param>
    /// <param name="limits">
    /// The limits. A direct producer's message is checked against all of them and, when it goes to a group, for consistency. The gateway's
    /// own messages were checked when their pushes were accepted. They are checked again, because anybody may write their attributes, but
    /// for the time that storing them may have taken.
    /// </param>
    /// <param name="header">What the message does.</param>
    /// <param name="error">Why it cannot be read.</param>
    public static bool TryDecode(
        ReceivedMessage message,
        MetricBatch destination,
        PushLimits limits,
        [NotNullWhen(true)] out PushHeader? header,
        [NotNullWhen(false)] out PushError? error)
    {
        if (message.TryTakeAccepted(out var accepted))
        {
            error = null;
            header = Append(accepted, message.StoredNs ?? accepted.Push.Header.PushTimeNs, destination);
            return true;
        }

        var attributes = message.Message.Attributes;
        if (attributes.Count == 0)
        {
            return TryDecodeRecords(message, destination, limits, out header, out error);
        }

        header = null;
        if (attributes.TryGetValue(MessageAttribute.Version, out var version) && version != Version)
        {
            error = new PushError(RejectCode.MessageUnsupported, $"message version \"{version}\" is not supported");
            return false;
        }

        if (!TryReadHeader(message, out var read, out error))
        {
            return false;
        }

        var start = destination.BeginPush(read.Group?.LabelsIn(destination.Symbols) ?? []);
        if (!MessageBody.TryOpen(message.Message, limits.MaxDecompressedBytes, out var body, out error))
        {
            return false;
        }

        using (body)
        {
            if (!TryParse(message, read, version is null, body.Bytes, destination, limits, out error))
            {
                return false;
            }
        }

        error = version is null ? limits.Check(destination, start, message.SentMs) : limits.CheckStored(destination, start, message.SentMs);
        if (error is not null)
        {
            return false;
        }

        PushTimes.Add(destination, start, read);
        header = read;
        return true;
    }

    // What was accepted is within the limits.
    private static PushHeader Append(in AcceptedPush accepted, long storedNs, MetricBatch destination)
    {
        try
        {
            var (read, batch, from, end) = accepted.Push;
            var header = read with { PushTimeNs = read.Operation == PushOperation.Expire ? read.PushTimeNs : storedNs };
            var start = destination.BeginPush(header.Group?.LabelsIn(destination.Symbols) ?? []);
            destination.Append(batch, from, end, header.PushTimeNs / NanosecondsPerMillisecond);
            PushTimes.Add(destination, start, header);
            return header;
        }
        finally
        {
            accepted.Batch.Release();
        }
    }

    // The JSON parser itself checks the limits.
    private static bool TryDecodeRecords(
        ReceivedMessage message,
        MetricBatch destination,
        PushLimits limits,
        [NotNullWhen(true)] out PushHeader? header,
        [NotNullWhen(false)] out PushError? error)
    {
        destination.BeginPush();
        var context = new ParseContext(limits, message.SentMs);
        var parsed = PushReader.TryRead(PushFormat.Json, message.Message.Body.Span, toGroup: false, destination, context, out error);
        header = parsed ? PushHeader.Append(message.SentMs * NanosecondsPerMillisecond) : null;
        return parsed;
    }

    private static bool TryParse(
        ReceivedMessage message,
        PushHeader header,
        bool isDirect,
        ReadOnlySpan<byte> body,
        MetricBatch destination,
        PushLimits limits,
        [NotNullWhen(false)] out PushError? error)
    {
        if (header.Operation != PushOperation.Append && !header.PushesToGroup)
        {
            error = null;
            return true;
        }

        var contentType = message.Message.Attributes.GetValueOrDefault(MessageAttribute.ContentType, "application/json");
        if (!MediaType.TryGetFormat(contentType, body, out var format))
        {
            error = new PushError(RejectCode.MediaTypeUnsupported, $"media type \"{contentType}\" is not supported");
            return false;
        }

        var context = new ParseContext(limits, header.PushTimeNs / NanosecondsPerMillisecond);
        return PushReader.TryRead(format, body, toGroup: isDirect && header.Group is not null, destination, context, out error);
    }

    private static bool TryReadHeader(
        ReceivedMessage message, [NotNullWhen(true)] out PushHeader? header, [NotNullWhen(false)] out PushError? error)
    {
        header = null;
        var attributes = message.Message.Attributes;
        GroupingKey? group = null;
        if (attributes.TryGetValue(MessageAttribute.Group, out var path) && !GroupingKeyParser.TryParse(path, out group, out error))
        {
            return false;
        }

        GroupSelector? selector = null;
        if (attributes.TryGetValue(MessageAttribute.Selector, out var text) && !GroupSelector.TryParse(text, out selector, out error))
        {
            return false;
        }

        var name = attributes.GetValueOrDefault(MessageAttribute.Operation, group is null ? "append" : "merge");
        var operation = (PushOperation)Array.IndexOf(Operations, name);
        if (operation < 0 || !IsSupported(operation, group, selector))
        {
            error = new PushError(
                RejectCode.MessageUnsupported, $"operation \"{name}\" {(group is null ? "without" : "with")} a group{(selector is null ? "" : " and with a selector")} is not supported");
            return false;
        }

        if (!TryReadTimes(message, out var acceptedNs, out var timeToLive, out error))
        {
            return false;
        }

        PushPart? part = null;
        if (attributes.TryGetValue(MessageAttribute.Part, out var number))
        {
            if (!PushPart.TryParse(number, out var parsed))
            {
                error = new PushError(RejectCode.MessageInvalid, $"part \"{number}\" is not a number, a slash and the number of parts, from 1/2 to {PushPart.MaxTotal}/{PushPart.MaxTotal}");
                return false;
            }

            part = parsed;
            if (!attributes.ContainsKey(MessageAttribute.Time))
            {
                error = new PushError(RejectCode.MessageInvalid, $"part {number} of a push has no {MessageAttribute.Time}, by which its parts are told from those of others");
                return false;
            }
        }

        var pushTimeNs = operation == PushOperation.Expire ? acceptedNs : message.StoredNs
            ?? PushTime(acceptedNs, message.SentMs * NanosecondsPerMillisecond, isOwn: attributes.ContainsKey(MessageAttribute.Version), part is not null);
        header = new PushHeader(operation, group, pushTimeNs, attributes.GetValueOrDefault(MessageAttribute.TraceParent))
        {
            AcceptedNs = acceptedNs,
            Part = part,
            Selector = selector,
            TimeToLive = timeToLive,
        };
        return true;
    }

    // The clocks of several Apis differ, so their pushes are in the order in which the queue took them; within one of its milliseconds, mostly
    // in the order of acceptance. A message that comes much later than its push, such as one from the dead-letter queue, keeps the time of the
    // push. So do the parts of a push, which the queue took at different times, and what other producers send.
    private static long PushTime(long acceptedNs, long sentNs, bool isOwn, bool isPart)
    {
        if (isOwn && !isPart && acceptedNs >= sentNs - PushClock.MaxSkewNs)
        {
            return sentNs + (acceptedNs % NanosecondsPerSecond * NanosecondsPerMillisecond / NanosecondsPerSecond);
        }

        return acceptedNs > sentNs + (isOwn ? PushClock.MaxSkewNs : PushClock.MaxLeadNs) ? sentNs : acceptedNs;
    }

    private static bool IsSupported(PushOperation operation, GroupingKey? group, GroupSelector? selector) => operation switch
    {
        PushOperation.Append => group is null && selector is null,
        PushOperation.Delete => group is null != selector is null,
        _ => group is not null && selector is null,
    };

    private static bool TryReadTimes(
        ReceivedMessage message, out long pushTimeNs, out TimeSpan? timeToLive, [NotNullWhen(false)] out PushError? error)
    {
        var attributes = message.Message.Attributes;
        pushTimeNs = message.SentMs * NanosecondsPerMillisecond;
        timeToLive = null;
        error = null;
        if (attributes.TryGetValue(MessageAttribute.Time, out var time)
            && !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out pushTimeNs))
        {
            error = new PushError(RejectCode.MessageInvalid, $"push time \"{time}\" is not a number of nanoseconds");
        }
        else if (attributes.TryGetValue(MessageAttribute.TimeToLive, out var duration))
        {
            error = TimeToLive.TryParse(duration, out var parsed) ? null : TimeToLive.Invalid(duration);
            timeToLive = parsed;
        }

        return error is null;
    }

    internal static Dictionary<string, string> Attributes(PushHeader header, bool brotli, bool base64)
    {
        var attributes = new Dictionary<string, string>(8)
        {
            [MessageAttribute.Version] = Version,
            [MessageAttribute.ContentType] = MediaType.RemoteWrite2,
            [MessageAttribute.Time] = header.PushTimeNs.ToString(CultureInfo.InvariantCulture),
        };
        AddIf(brotli, MessageAttribute.ContentEncoding, BrotliEncoding);
        AddIf(base64, MessageAttribute.ContentTransferEncoding, Base64Encoding);
        AddIf(header.Operation != PushOperation.Append, MessageAttribute.Operation, Operations[(int)header.Operation]);
        AddIf(header.Group is not null, MessageAttribute.Group, header.Group?.Path);
        AddIf(header.Selector is not null, MessageAttribute.Selector, header.Selector?.Text);
        AddIf(header.TimeToLive is not null, MessageAttribute.TimeToLive, Duration.Format(header.TimeToLive.GetValueOrDefault()));
        AddIf(header.TraceParent is not null, MessageAttribute.TraceParent, header.TraceParent);
        return attributes;

        void AddIf(bool condition, string name, string? value)
        {
            if (condition)
            {
                attributes.Add(name, value!);
            }
        }
    }
}
