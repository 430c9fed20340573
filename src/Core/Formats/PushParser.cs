using System.Diagnostics.CodeAnalysis;
using PushGateway.Formats.Json;
using PushGateway.Formats.OpenMetrics;
using PushGateway.Formats.Protobuf;
using PushGateway.Formats.RemoteWrite2;
using PushGateway.Formats.Text;
using PushGateway.Limits;
using PushGateway.Model;

namespace PushGateway.Formats;

/// <summary>Bytes to model, by format.</summary>
public static class PushParser
{
    // What is well-formed and refused all the same, in Pushgateway's words.
    private const string Inconsistent = "pushed metrics are invalid or inconsistent with existing metrics: ";
    private const string Timestamps = Inconsistent + "pushed metrics must not have timestamps";

    /// <summary>Appends a push to <paramref name="destination"/>; on failure the caller rolls back to where the push began.</summary>
    /// <param name="format">The format.</param>
    /// <param name="body">The body, decompressed.</param>
    /// <param name="toGroup">The push goes to a group, where text and protobuf may not give timestamps.</param>
    /// <param name="destination">The batch.</param>
    /// <param name="context">Limits and time of receipt.</param>
    /// <param name="error">Why the push was refused.</param>
    public static bool TryParse(
        PushFormat format,
        ReadOnlySpan<byte> body,
        bool toGroup,
        MetricBatch destination,
        in ParseContext context,
        [NotNullWhen(false)] out PushError? error)
    {
        try
        {
            return format switch
            {
                PushFormat.Json => JsonRecordParser.TryParse(body, destination, context, out error),
                PushFormat.Text => TryParseText(body, toGroup, destination, context, out error),
                PushFormat.OpenMetrics => TryParseOpenMetrics(body, toGroup, destination, context, out error),
                PushFormat.Protobuf => TryParseProtobuf(body, toGroup, destination, context, out error),
                _ => RemoteWrite2Parser.TryParse(body, destination, context, out error),
            };
        }
        catch (PushTooLargeException exception)
        {
            error = new PushError(RejectCode.PushTooLarge, exception.Message);
            return false;
        }
    }

    private static bool TryParseText(
        ReadOnlySpan<byte> body, bool toGroup, MetricBatch destination, in ParseContext context, [NotNullWhen(false)] out PushError? error)
    {
        if (!PrometheusTextParser.TryParse(body, destination, context, out var result, out error))
        {
            return false;
        }

        error = InconsistencyOf(result, toGroup);
        return error is null;
    }

    private static bool TryParseOpenMetrics(
        ReadOnlySpan<byte> body, bool toGroup, MetricBatch destination, in ParseContext context, [NotNullWhen(false)] out PushError? error)
    {
        if (!OpenMetricsParser.TryParse(body, destination, context, out var result, out error))
        {
            return false;
        }

        error = InconsistencyOf(result, toGroup);
        return error is null;
    }

    private static PushError? InconsistencyOf(TextParseResult result, bool toGroup)
    {
        if (result.NamelessLine > 0)
        {
            return new PushError(RejectCode.TextInvalid, Inconsistent + "a sample has no metric name", result.NamelessLine);
        }

        return toGroup && result.TimestampLine > 0 ? new PushError(RejectCode.TimestampNotAllowed, Timestamps, result.TimestampLine) : null;
    }

    private static bool TryParseProtobuf(
        ReadOnlySpan<byte> body, bool toGroup, MetricBatch destination, in ParseContext context, [NotNullWhen(false)] out PushError? error)
    {
        if (!MetricFamilyParser.TryParse(body, destination, context, out var hasTimestamps, out error))
        {
            return false;
        }

        error = toGroup && hasTimestamps ? new PushError(RejectCode.TimestampNotAllowed, Timestamps) : null;
        return error is null;
    }
}
