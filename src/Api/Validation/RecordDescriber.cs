using System.Text.Json;
using PushGateway.Formats.Json;
using PushGateway.Push;

namespace PushGateway.Api.Validation;

/// <summary>
/// Explains a refused body of JSON records to the person who sent it: every error of every record, where the parser names only the first.
/// Slow by design, and off the path of pushes that are accepted.
/// </summary>
internal static class RecordDescriber
{
    /// <summary>Most errors that are described.</summary>
    public const int MaxErrors = 100;

    /// <summary>
    /// Larger bodies are not described. A hostile body costs some 400 times its size in garbage when it is taken apart, and a refusal must not
    /// cost more than the largest push that is accepted.
    /// </summary>
    public const int MaxDescribedBytes = 256 * 1024;

    private static readonly RecordValidator Validator = new();

    /// <summary>
    /// The parser's refusal, then the other errors in the order of the records, <see cref="MaxErrors"/> at most. The refusal stands alone
    /// when the body is not JSON or is larger than <see cref="MaxDescribedBytes"/>.
    /// </summary>
    /// <param name="utf8">The refused body.</param>
    /// <param name="context">What the parser was given.</param>
    /// <param name="groups">The groups that the parser was given; null when the records do not name theirs.</param>
    /// <param name="refusal">The parser's error.</param>
    public static IReadOnlyList<PushError> Describe(ReadOnlySpan<byte> utf8, in ParseContext context, NamedGroups? groups, PushError refusal)
    {
        if (utf8.Length > MaxDescribedBytes)
        {
            return [refusal];
        }

        List<PushError> errors = [refusal];
        foreach (var error in Find(utf8, context, groups))
        {
            if (errors.Count == MaxErrors)
            {
                break;
            }

            if (error != refusal)
            {
                errors.Add(error);
            }
        }

        return errors;
    }

    /// <summary>The errors of a body, found without the parser; stops after the record in which they reach <see cref="MaxErrors"/>.</summary>
    internal static IReadOnlyList<PushError> Find(ReadOnlySpan<byte> utf8, in ParseContext context, NamedGroups? groups)
    {
        var body = RecordSyntax.TrimByteOrderMark(utf8);
        if (RecordSyntax.Check(body, out var indexed) is { } invalid)
        {
            return [invalid];
        }

        var records = RecordSyntax.FindRecords(body);
        var repeated = groups is null ? null : RepeatedSeries.Find(body, records, groups.Pinned, context);
        var errors = new List<PushError>();
        for (var i = 0; i < records.Count && errors.Count < MaxErrors; i++)
        {
            var element = JsonElement.Parse(body[records[i]]);
            var record = new RecordDocument(element, indexed ? JsonPointer.Append("", i) : "", context, groups, repeated?[i] ?? []);
            errors.AddRange(Validator.Validate(record).Errors.Select(failure => (PushError)failure.CustomState));
        }

        return records.Count > 0 ? errors : [RecordSyntax.Empty];
    }
}
