using System.Diagnostics.CodeAnalysis;
using PushGateway.Formats.Json;
using PushGateway.Formats.OpenMetrics;
using PushGateway.Formats.Protobuf;
using PushGateway.Formats.RemoteWrite2;
using PushGateway.Formats.Text;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Formats;

/// <summary>Parses a push in any format into a <see cref="MetricBatch"/>.</summary>
public static class PushReader
{
    /// <summary>Appends a push to <paramref name="destination"/>. On failure the caller must roll back to the start of the push.</summary>
    /// <param name="format">The format.</param>
    /// <param name="body">The body, decompressed.</param>
    /// <param name="toGroup">
    /// Whether the push goes to a group. Such a push may have no timestamps in text, OpenMetrics and protobuf, unless
    /// <see cref="PushLimits.AllowTimestamps"/>, and it must be consistent (see <see cref="PushConsistency"/>).
    /// </param>
    /// <param name="destination">The batch.</param>
    /// <param name="context">Limits and time of receipt.</param>
    /// <param name="error">Why the push was refused.</param>
    public static bool TryRead(
        PushFormat format,
        ReadOnlySpan<byte> body,
        bool toGroup,
        MetricBatch destination,
        in ParseContext context,
        [NotNullWhen(false)] out PushError? error)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var start = destination.Mark;
        try
        {
            var parsed = format switch
            {
                PushFormat.Json => RecordReader.TryRead(body, groups: null, destination, context, out error),
                PushFormat.Text or PushFormat.OpenMetrics => TryReadText(format, body, toGroup, destination, context, out error),
                PushFormat.Protobuf => TryReadProtobuf(body, toGroup, destination, context, out error),
                PushFormat.RemoteWrite2 => RemoteWrite2Reader.TryRead(body, destination, context, out error),
                _ => throw new ArgumentOutOfRangeException(nameof(format), format, "not a format of pushes"),
            };
            if (parsed && toGroup)
            {
                error = PushConsistency.Check(destination, start, format);
            }

            return error is null;
        }
        catch (PushTooLargeException exception)
        {
            error = new PushError(RejectCode.PushTooLarge, exception.Message);
            return false;
        }
    }

    /// <summary>
    /// Appends a push of JSON records to the groups that they name, as <see cref="RecordReader.TryRead"/>. On failure the caller
    /// must roll back.
    /// </summary>
    /// <param name="body">The body, decompressed.</param>
    /// <param name="groups">An empty list. Receives the groups.</param>
    /// <param name="destination">The batch.</param>
    /// <param name="context">Limits and time of receipt.</param>
    /// <param name="error">Why the push was refused.</param>
    public static bool TryReadGroups(
        ReadOnlySpan<byte> body, NamedGroups groups, MetricBatch destination, in ParseContext context, [NotNullWhen(false)] out PushError? error)
    {
        try
        {
            return RecordReader.TryRead(body, groups, destination, context, out error);
        }
        catch (PushTooLargeException exception)
        {
            error = new PushError(RejectCode.PushTooLarge, exception.Message);
            return false;
        }
    }

    private static bool TryReadText(
        PushFormat format,
        ReadOnlySpan<byte> body,
        bool toGroup,
        MetricBatch destination,
        in ParseContext context,
        [NotNullWhen(false)] out PushError? error)
    {
        if (!(format == PushFormat.Text
            ? PrometheusTextReader.TryRead(body, destination, context, out var result, out error)
            : OpenMetricsReader.TryRead(body, destination, context, out result, out error)))
        {
            return false;
        }

        error = result.NamelessLine > 0 ? PushConsistency.Refuse(RejectCode.TextInvalid, "a sample has no metric name", result.NamelessLine)
            : result.TimestampLine > 0 && RefusesTimestamps(toGroup, context) ? RefuseTimestamps(result.TimestampLine)
            : null;
        return error is null;
    }

    private static bool TryReadProtobuf(
        ReadOnlySpan<byte> body, bool toGroup, MetricBatch destination, in ParseContext context, [NotNullWhen(false)] out PushError? error)
    {
        if (!MetricFamilyReader.TryRead(body, destination, context, out var hasTimestamps, out error))
        {
            error = toGroup && error.FailsGroup ? PushConsistency.Refuse(error.Code, error.Detail) : error;
            return false;
        }

        error = hasTimestamps && RefusesTimestamps(toGroup, context) ? RefuseTimestamps() : null;
        return error is null;
    }

    private static bool RefusesTimestamps(bool toGroup, in ParseContext context) => toGroup && !context.Limits.AllowTimestamps;

    private static PushError RefuseTimestamps(int line = 0) =>
        PushConsistency.Refuse(RejectCode.TimestampNotAllowed, "pushed metrics must not have timestamps", line);
}
