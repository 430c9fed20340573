using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using PushGateway.Formats.Prometheus;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Formats.Json;

/// <summary>
/// Parses JSON records: one record, an array of records, or records one after another (newline-delimited JSON).
/// <code>{ "dimensions": { "site": "a" }, "timestamp": 1676398017000, "metrics": { "ph": "6.7", "count": 3 } }</code>
/// </summary>
/// <remarks>
/// Each metric becomes a series with the record's dimensions as labels and one sample. A metric is a JSON number or a string in the
/// grammar of <see cref="MetricNumber"/>; without point and exponent it is an integer. A record without <c>timestamp</c> has the time of
/// receipt. Names are made legal as <see cref="NameAlphabet"/> says, and no two may become one. A dimension with an empty value is no
/// label, but counts towards the limit of labels.
/// </remarks>
public static class JsonRecordParser
{
    private const int StackLabels = 128;

    // {"":""} and a separator: no body holds more dimensions than one for this many bytes.
    private const int MinDimensionBytes = 6;

    /// <summary>
    /// Appends the series of every record to <paramref name="destination"/>; false, with the first error met, when any record is not valid.
    /// </summary>
    /// <param name="utf8">The body, with or without byte order mark.</param>
    /// <param name="destination">A batch in which the caller has begun a push, and rolls it back on failure.</param>
    /// <param name="context">Limits and time of receipt.</param>
    /// <param name="error">
    /// Why the body was refused. A body that is not JSON, even after an invalid record, is <see cref="RejectCode.JsonInvalid"/> with a line;
    /// every other refusal has a JSON pointer, which begins with the record's index unless the body is a single record.
    /// </param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        MetricBatch destination,
        in ParseContext context,
        [NotNullWhen(false)] out PushError? error) => TryParse(utf8, groups: null, destination, context, out error);

    /// <summary>
    /// Appends the series of records that name their groups, group after group in the order in which the body names them first. Such a
    /// record has a <c>group</c>, whose labels overwrite its dimensions, which may be missing.
    /// <code>{ "group": { "job": "backup", "instance": "db1" }, "metrics": { "size_bytes": 73400320 } }</code>
    /// </summary>
    /// <param name="utf8">The body, with or without byte order mark.</param>
    /// <param name="groups">Empty; takes the groups, and where in the batch they are.</param>
    /// <param name="destination">A batch in which the caller has begun a push, and rolls it back on failure.</param>
    /// <param name="context">Limits and time of receipt.</param>
    /// <param name="error">
    /// Why the body was refused. Also refused are timestamps, unless <see cref="PushLimits.AllowTimestamps"/>, and series that a group has twice.
    /// </param>
    public static bool TryParseGroups(
        ReadOnlySpan<byte> utf8,
        NamedGroups groups,
        MetricBatch destination,
        in ParseContext context,
        [NotNullWhen(false)] out PushError? error) => TryParse(utf8, groups, destination, context, out error);

    private static bool TryParse(
        ReadOnlySpan<byte> utf8,
        NamedGroups? groups,
        MetricBatch destination,
        in ParseContext context,
        [NotNullWhen(false)] out PushError? error)
    {
        var body = RecordSyntax.TrimByteOrderMark(utf8);
        var mostLabels = Math.Min(context.Limits.MaxLabels, body.Length / MinDimensionBytes);
        var labels = mostLabels <= StackLabels ? stackalloc Label[StackLabels] : new Label[mostLabels];
        if (groups is null && TryParseCommon(body, destination, context, labels))
        {
            error = null;
            return true;
        }

        var reader = new RecordReader(body, groups, destination, context, labels);
        try
        {
            if (reader.ReadBody(out var record, out error))
            {
                return true;
            }

            error = RecordSyntax.Check(body, out var indexed)
                ?? (indexed && record >= 0 ? error with { Pointer = JsonPointer.Append("", record) + error.Pointer } : error);
            return false;
        }
        catch (JsonException exception)
        {
            error = RecordSyntax.Invalid(exception);
            return false;
        }
        finally
        {
            reader.Dispose();
        }
    }

    private static bool TryParseCommon(ReadOnlySpan<byte> body, MetricBatch destination, in ParseContext context, Span<Label> labels)
    {
        var start = destination.Mark;
        if (new CommonRecordReader(body, destination, context, labels).TryReadBody())
        {
            return true;
        }

        destination.Rollback(start);
        return false;
    }
}
