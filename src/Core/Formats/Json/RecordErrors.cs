using System.Text;
using System.Text.Json;
using PushGateway.Push;

namespace PushGateway.Formats.Json;

/// <summary>The refusals of JSON records, so that the parser that refuses and the describer that explains say the same words.</summary>
/// <remarks>Names and values are given in valid UTF-8 and quoted in part only, without control characters.</remarks>
public static class RecordErrors
{
    private const int MaxExcerptBytes = 64;

    /// <summary>The body holds no record.</summary>
    public static PushError Empty() => new(RejectCode.Empty, "the body holds no record", Pointer: "");

    /// <summary>A record is not an object.</summary>
    public static PushError NotObject(string pointer, JsonValueKind found) =>
        new(RejectCode.RecordNotObject, $"a record must be an object, not {Word(found)}", Pointer: pointer);

    /// <summary>A record has a key that means nothing, or not here.</summary>
    public static PushError UnknownKey(string pointer, ReadOnlySpan<byte> key, bool toGroups) => new(
        RejectCode.UnknownKey,
        toGroups ? $"unknown key \"{Excerpt(key)}\": a record of a group has \"group\", \"dimensions\", \"metrics\" and \"timestamp\""
            : key.SequenceEqual("group"u8) ? "a record cannot name its group here: push it to /api/v1/groups; a queue message names one group in its attribute Push-Group"
            : $"unknown key \"{Excerpt(key)}\": a record has \"dimensions\", \"metrics\" and \"timestamp\"",
        Pointer: pointer);

    /// <summary>A record has a key twice.</summary>
    public static PushError DuplicateKey(string pointer, ReadOnlySpan<byte> key) =>
        new(RejectCode.DuplicateKey, $"key \"{Excerpt(key)}\" stands twice in the record", Pointer: pointer);

    /// <summary>A name or a value is not Unicode text.</summary>
    public static PushError StringInvalid(string pointer) =>
        new(RejectCode.StringInvalid, "a string here is not Unicode text: invalid UTF-8 or an unpaired surrogate", Pointer: pointer);

    /// <summary>A record has no dimensions.</summary>
    public static PushError DimensionsMissing(string pointer) =>
        new(RejectCode.DimensionsMissing, "\"dimensions\" is missing", Pointer: pointer);

    /// <summary>The dimensions are no object or an empty one.</summary>
    public static PushError DimensionsInvalid(string pointer, JsonValueKind found) =>
        new(RejectCode.DimensionsInvalid, $"\"dimensions\" must be a non-empty object of strings, not {WordForMap(found)}", Pointer: pointer);

    /// <summary>A dimension is not a string.</summary>
    public static PushError DimensionNotString(string pointer, ReadOnlySpan<byte> name, JsonValueKind found) =>
        new(RejectCode.DimensionNotString, $"dimension \"{Excerpt(name)}\" must be a string, not {Word(found)}", Pointer: pointer);

    /// <summary>A record has no metrics.</summary>
    public static PushError MetricsMissing(string pointer) =>
        new(RejectCode.MetricsMissing, "\"metrics\" is missing", Pointer: pointer);

    /// <summary>The metrics are no object or an empty one.</summary>
    public static PushError MetricsInvalid(string pointer, JsonValueKind found) =>
        new(RejectCode.MetricsInvalid, $"\"metrics\" must be a non-empty object of numbers or numeric strings, not {WordForMap(found)}", Pointer: pointer);

    /// <summary>A metric is neither number nor string.</summary>
    public static PushError MetricNotNumber(string pointer, ReadOnlySpan<byte> name, JsonValueKind found) =>
        new(RejectCode.MetricNotNumber, $"metric \"{Excerpt(name)}\" must be a number or a numeric string, not {Word(found)}", Pointer: pointer);

    /// <summary>A metric is a string that holds no number.</summary>
    public static PushError MetricNotNumber(string pointer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text) =>
        new(RejectCode.MetricNotNumber, $"metric \"{Excerpt(name)}\" must be a number or a numeric string, not \"{Excerpt(text)}\"", Pointer: pointer);

    /// <summary>A metric's number does not fit a double.</summary>
    public static PushError MetricOutOfRange(string pointer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text) =>
        new(RejectCode.MetricOutOfRange, $"metric \"{Excerpt(name)}\": {Excerpt(text)} is beyond the range of a double", Pointer: pointer);

    /// <summary>A dimension or metric has no name.</summary>
    public static PushError NameEmpty(string pointer) =>
        new(RejectCode.NameEmpty, "a name must not be empty", Pointer: pointer);

    /// <summary>A dimension would be the metric's name.</summary>
    public static PushError NameReserved(string pointer, ReadOnlySpan<byte> name) =>
        new(RejectCode.NameReserved, $"dimension \"{Excerpt(name)}\" would become the reserved label __name__", Pointer: pointer);

    /// <summary>A dimension or metric has, in its legal form, the name of one before it.</summary>
    public static PushError NameCollision(string pointer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> legalName) =>
        new(RejectCode.NameCollision, $"\"{Excerpt(name)}\" is \"{Excerpt(legalName)}\" in Prometheus, and so is a name before it", Pointer: pointer);

    /// <summary>The timestamp is not an integer, or not one of 64 bits.</summary>
    public static PushError TimestampInvalid(string pointer) =>
        new(RejectCode.TimestampInvalid, "\"timestamp\" must be an integer, milliseconds since the Unix epoch", Pointer: pointer);

    /// <summary>A record that goes to a group has a time, and that is not allowed.</summary>
    public static PushError TimestampNotAllowed(string pointer) =>
        new(RejectCode.TimestampNotAllowed, "a record of a group must not have a \"timestamp\"", Pointer: pointer);

    /// <summary>A record names no group.</summary>
    public static PushError GroupMissing(string pointer) =>
        new(RejectCode.GroupMissing, "\"group\" is missing", Pointer: pointer);

    /// <summary>The group is not an object.</summary>
    public static PushError GroupInvalid(string pointer, JsonValueKind found) =>
        new(RejectCode.GroupInvalid, $"\"group\" must be an object of strings, not {Word(found)}", Pointer: pointer);

    /// <summary>The group has no job.</summary>
    public static PushError GroupWithoutJob(string pointer) =>
        new(RejectCode.GroupInvalid, "a group must have a \"job\"", Pointer: pointer);

    /// <summary>A label of the group has a name that is not legal, or is reserved. It is not made legal: what is deleted later would be another group.</summary>
    public static PushError GroupLabelName(string pointer, ReadOnlySpan<byte> name) =>
        new(RejectCode.GroupInvalid, $"\"{Excerpt(name)}\" cannot be the name of a group's label", Pointer: pointer);

    /// <summary>A label of the group stands twice.</summary>
    public static PushError GroupLabelTwice(string pointer, ReadOnlySpan<byte> name) =>
        new(RejectCode.GroupInvalid, $"label \"{Excerpt(name)}\" stands twice in the group", Pointer: pointer);

    /// <summary>A label of the group is not a string.</summary>
    public static PushError GroupLabelNotString(string pointer, ReadOnlySpan<byte> name, JsonValueKind found) =>
        new(RejectCode.GroupInvalid, $"label \"{Excerpt(name)}\" of a group must be a string, not {Word(found)}", Pointer: pointer);

    /// <summary>A label of the group is empty, which in Prometheus is no label.</summary>
    public static PushError GroupLabelEmpty(string pointer, ReadOnlySpan<byte> name) =>
        new(RejectCode.GroupInvalid, $"label \"{Excerpt(name)}\" of a group must not be empty", Pointer: pointer);

    /// <summary>A dimension of what goes to a group has a reserved name.</summary>
    public static PushError LabelReserved(string pointer, ReadOnlySpan<byte> name) =>
        new(RejectCode.LabelNotAllowed, $"dimension \"{Excerpt(name)}\" begins with \"__\", which is reserved", Pointer: pointer);

    /// <summary>A metric was given by a record before, with the same labels, the group's among them.</summary>
    public static PushError DuplicateSeries(string pointer, ReadOnlySpan<byte> legalName) =>
        new(RejectCode.DuplicateSeries, $"metric \"{Excerpt(legalName)}\" stands in a record before with the same labels", Pointer: pointer);

    private static string Excerpt(ReadOnlySpan<byte> utf8)
    {
        var end = utf8.Length;
        if (end > MaxExcerptBytes)
        {
            end = MaxExcerptBytes;
            while ((utf8[end] & 0b1100_0000) == 0b1000_0000)
            {
                end--;
            }
        }

        var excerpt = string.Create(
            Encoding.UTF8.GetCharCount(utf8[..end]),
            utf8[..end],
            static (characters, bytes) =>
            {
                Encoding.UTF8.GetChars(bytes, characters);
                foreach (ref var character in characters)
                {
                    character = char.IsControl(character) ? '\uFFFD' : character;
                }
            });
        return end < utf8.Length ? excerpt + "…" : excerpt;
    }

    private static string WordForMap(JsonValueKind kind) => kind == JsonValueKind.Object ? "an empty one" : Word(kind);

    private static string Word(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };
}
