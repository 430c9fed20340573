using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using PushGateway.Formats.Prometheus;
using PushGateway.Push;
using static PushGateway.Formats.Json.RecordPart;

namespace PushGateway.Formats.Json;

/// <summary>
/// The rules of JSON records, in one table. The readers refuse a record at the first rule that it breaks. The explanation to the sender names
/// all rules that it breaks.
/// </summary>
/// <remarks>
/// Each rule is judged alone, and leaves to the other rules what they refuse. The sentences quote only the beginning of a name or a value,
/// without control characters.
/// </remarks>
public static class RecordRules
{
    private const int MaxExcerptBytes = 64;
    private const string NotText = "a string here is not Unicode text: invalid UTF-8 or an unpaired surrogate";

    /// <summary>All rules, in the order in which their errors are reported to the sender. The parser keeps this order within a part.</summary>
    public static ImmutableArray<RecordRule> All { get; } =
    [
        new(Record, RejectCode.RecordNotObject, (in record) =>
            record.Kind == JsonValueKind.Object ? null : $"a record must be an object, not {Word(record.Kind)}"),

        new(Key, RejectCode.StringInvalid, NameIsText),
        new(Key, RejectCode.UnknownKey, (in key) => !key.HasName || IsKnown(key) ? null
            : key.ToGroups ? $"unknown key \"{Excerpt(key.Name)}\": a record of a group has \"group\", \"dimensions\", \"metrics\" and \"timestamp\""
            : PartOf(key.Name) == Group ? "a record cannot name its group here: push it to /api/v1/groups; "
                + "a queue message names one group in its attribute Push-Group"
            : $"unknown key \"{Excerpt(key.Name)}\": a record has \"dimensions\", \"metrics\" and \"timestamp\""),
        new(Key, RejectCode.DuplicateKey, (in key) => key.Repeats && IsKnown(key) ? $"key \"{Excerpt(key.Name)}\" stands twice in the record" : null),

        new(Timestamp, RejectCode.TimestampInvalid, (in timestamp) => IsTimestampAllowed(timestamp) && timestamp.Integer is null
            ? "\"timestamp\" must be an integer, milliseconds since the Unix epoch"
            : null),
        new(Timestamp, RejectCode.TimestampInFuture, (in timestamp) => CheckTimestamp(timestamp, RejectCode.TimestampInFuture)),
        new(Timestamp, RejectCode.TimestampTooOld, (in timestamp) => CheckTimestamp(timestamp, RejectCode.TimestampTooOld)),

        new(Dimensions, RejectCode.DimensionsMissing, (in dimensions) =>
            dimensions.Kind == JsonValueKind.Undefined && !dimensions.ToGroups ? "\"dimensions\" is missing" : null),
        new(Dimensions, RejectCode.DimensionsInvalid, (in dimensions) => dimensions.Kind != JsonValueKind.Undefined && dimensions.Count == 0
            ? $"\"dimensions\" must be a non-empty object of strings, not {WordForMap(dimensions.Kind)}"
            : null),
        new(Dimensions, RejectCode.TooManyLabels, TooManyLabels),

        new(DimensionName, RejectCode.StringInvalid, NameIsText),
        new(DimensionName, RejectCode.NameEmpty, NameIsNotEmpty),
        new(DimensionName, RejectCode.NameTooLong, (in dimension) => dimension.Context.Limits.CheckLabelName(dimension.LegalName.Length)?.Detail),
        new(DimensionName, RejectCode.NameReserved, (in dimension) => IsMetricNameLabel(dimension.LegalName)
            ? $"dimension \"{Excerpt(dimension.Name)}\" would become the reserved label __name__"
            : null),
        new(Dimension, RejectCode.NameCollision, NameIsUnique),
        new(Dimension, RejectCode.DimensionNotString, (in dimension) => dimension.Kind != JsonValueKind.String
            ? $"dimension \"{Excerpt(dimension.Name)}\" must be a string, not {Word(dimension.Kind)}"
            : null),
        new(Dimension, RejectCode.StringInvalid, ValueIsText),
        new(Dimension, RejectCode.LabelValueTooLong, ValueTooLong),

        new(Metrics, RejectCode.MetricsMissing, (in metrics) => metrics.Kind == JsonValueKind.Undefined ? "\"metrics\" is missing" : null),
        new(Metrics, RejectCode.MetricsInvalid, (in metrics) => metrics.Kind != JsonValueKind.Undefined && metrics.Count == 0
            ? $"\"metrics\" must be a non-empty object of numbers or numeric strings, not {WordForMap(metrics.Kind)}"
            : null),

        new(MetricName, RejectCode.StringInvalid, NameIsText),
        new(MetricName, RejectCode.NameEmpty, NameIsNotEmpty),
        new(MetricName, RejectCode.NameTooLong, (in metric) => metric.Context.Limits.CheckMetricName(metric.LegalName.Length)?.Detail),
        new(Metric, RejectCode.NameCollision, NameIsUnique),
        new(Metric, RejectCode.StringInvalid, ValueIsText),
        new(Metric, RejectCode.MetricNotNumber, (in metric) =>
            metric.IsBroken || (metric.HasText && metric.Number != MetricNumberStatus.Malformed) ? null
            : $"metric \"{Excerpt(metric.Name)}\" must be a number or a numeric string, not "
                + (metric.HasText ? $"\"{Excerpt(metric.Text)}\"" : Word(metric.Kind))),
        new(Metric, RejectCode.MetricOutOfRange, (in metric) => metric.Number == MetricNumberStatus.OutOfRange
            ? $"metric \"{Excerpt(metric.Name)}\": {Excerpt(metric.Text)} is beyond the range of a double"
            : null),

        new(Timestamp, RejectCode.TimestampNotAllowed, (in timestamp) =>
            IsTimestampAllowed(timestamp) ? null : "a record of a group must not have a \"timestamp\""),

        new(Group, RejectCode.GroupMissing, (in group) => group.Kind == JsonValueKind.Undefined ? "\"group\" is missing" : null),
        new(Group, RejectCode.GroupInvalid, (in group) => group.Kind is JsonValueKind.Undefined or JsonValueKind.Object ? null
            : $"\"group\" must be an object of strings, not {Word(group.Kind)}"),
        new(Group, RejectCode.GroupInvalid, (in group) => group.Kind == JsonValueKind.Object && !group.HasJob ? "a group must have a \"job\"" : null),

        // The name of a group's label is not made legal: the sender would later delete a group of another name.
        new(GroupLabelName, RejectCode.StringInvalid, NameIsText),
        new(GroupLabelName, RejectCode.NameTooLong, (in label) => label.Context.Limits.CheckLabelName(label.Name.Length)?.Detail),
        new(GroupLabelName, RejectCode.GroupInvalid, (in label) =>
            !label.HasName || (NameAlphabet.Label.IsLegal(label.Name) && !IsReserved(label.Name)) ? null
            : $"\"{Excerpt(label.Name)}\" cannot be the name of a group's label"),
        new(GroupLabel, RejectCode.GroupInvalid, (in label) => label.Kind != JsonValueKind.String
            ? $"label \"{Excerpt(label.Name)}\" of a group must be a string, not {Word(label.Kind)}"
            : null),
        new(GroupLabel, RejectCode.StringInvalid, ValueIsText),
        new(GroupLabel, RejectCode.GroupInvalid, (in label) =>
            label.HasText && label.Text.IsEmpty ? $"label \"{Excerpt(label.Name)}\" of a group must not be empty" : null),
        new(GroupLabel, RejectCode.LabelValueTooLong, ValueTooLong),
        new(GroupLabel, RejectCode.GroupInvalid, (in label) => label.Repeats ? $"label \"{Excerpt(label.Name)}\" stands twice in the group" : null),

        new(DimensionName, RejectCode.LabelNotAllowed, (in dimension) =>
            dimension.ToGroups && IsReserved(dimension.LegalName) && !IsMetricNameLabel(dimension.LegalName)
                ? $"dimension \"{Excerpt(dimension.Name)}\" begins with \"__\", which is reserved"
                : null),
        new(Series, RejectCode.TooManyLabels, TooManyLabels),
        new(Series, RejectCode.DuplicateSeries, (in series) =>
            series.Repeats ? $"metric \"{Excerpt(series.LegalName)}\" stands in a record before with the same labels" : null),
    ];

    private static readonly Dictionary<RecordPart, RecordRule[]> ByPart =
        All.GroupBy(rule => rule.Part).ToDictionary(part => part.Key, part => part.ToArray());

    /// <summary>Returns the part of a record that the value of a key is; <see cref="RecordPart.Key"/> when the key is unknown.</summary>
    public static RecordPart PartOf(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("metrics"u8) ? Metrics
        : key.SequenceEqual("dimensions"u8) ? Dimensions
        : key.SequenceEqual("timestamp"u8) ? Timestamp
        : key.SequenceEqual("group"u8) ? Group
        : Key;

    internal static ReadOnlySpan<RecordRule> Of(RecordPart part) => ByPart[part];

    /// <summary>
    /// Returns true only for an item that breaks no rule of its part, without asking each rule. After false, the rules decide.
    /// </summary>
    /// <remarks>
    /// Nearly every item that is accepted is plain. With the rules alone, the exact reader takes a quarter to a half more time. The explanation
    /// to the sender uses the rules alone, and a property test compares it with the parser.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsPlain(RecordPart part, in RecordItem item) => part switch
    {
        Record => item.Kind == JsonValueKind.Object,
        Key => IsKnown(item) && !item.Repeats,
        Timestamp => IsTimestampAllowed(item) && item.Integer is { } milliseconds && CheckTimestamp(item, milliseconds) is null,
        Dimensions => item.Count > 0 && HasRoom(item),
        DimensionName => IsPlainLabelName(item.LegalName, item.Context.Limits),
        Dimension => !item.Repeats && item.Kind == JsonValueKind.String && item.HasText && ValueTooLong(item) is null,
        Metrics => item.Count > 0,
        MetricName => IsPlainMetricName(item.LegalName, item.Context.Limits),
        Metric => !item.Repeats && item.HasText && item.Number == MetricNumberStatus.Valid,
        Group => item.HasJob,
        GroupLabelName => NameAlphabet.Label.IsLegal(item.Name) && IsPlainLabelName(item.Name, item.Context.Limits),
        GroupLabel => !item.Text.IsEmpty && IsPlain(Dimension, item),
        _ => !item.Repeats && HasRoom(item),
    };

    internal static bool IsPlainLabelName(ReadOnlySpan<byte> legalName, PushLimits limits) =>
        !legalName.IsEmpty && !IsReserved(legalName) && limits.CheckLabelName(legalName.Length) is null;

    internal static bool IsPlainMetricName(ReadOnlySpan<byte> legalName, PushLimits limits) =>
        !legalName.IsEmpty && limits.CheckMetricName(legalName.Length) is null;

    private static bool HasRoom(in RecordItem item) => TooManyLabels(item) is null;

    private static bool IsMetricNameLabel(ReadOnlySpan<byte> label) => label.SequenceEqual("__name__"u8);

    private static bool IsReserved(ReadOnlySpan<byte> label) => label.StartsWith("__"u8);

    private static bool IsKnown(in RecordItem key) => PartOf(key.Name) is var part && part != Key && (part != Group || key.ToGroups);

    private static bool IsTimestampAllowed(in RecordItem timestamp) => !timestamp.ToGroups || timestamp.Context.Limits.AllowTimestamps;

    private static PushError? CheckTimestamp(in RecordItem timestamp, long milliseconds) =>
        timestamp.Context.Limits.CheckTimestamp(milliseconds, timestamp.Context.ReceivedMs);

    private static string? CheckTimestamp(in RecordItem timestamp, string code) =>
        IsTimestampAllowed(timestamp) && timestamp.Integer is { } milliseconds
        && CheckTimestamp(timestamp, milliseconds) is { } error && error.Code == code
            ? error.Detail
            : null;

    private static string? NameIsText(in RecordItem item) => item.HasName ? null : NotText;

    private static string? ValueIsText(in RecordItem item) => item.HasName && item.IsBroken ? NotText : null;

    private static string? NameIsNotEmpty(in RecordItem item) => item.HasName && item.Name.IsEmpty ? "a name must not be empty" : null;

    private static string? NameIsUnique(in RecordItem item) => item.Repeats && !item.Name.IsEmpty
        ? $"\"{Excerpt(item.Name)}\" is \"{Excerpt(item.LegalName)}\" in Prometheus, and so is a name before it"
        : null;

    // The metric's name is one label more.
    private static string? TooManyLabels(in RecordItem item) => item.Context.Limits.CheckLabelCount(item.Count + 1)?.Detail;

    private static string? ValueTooLong(in RecordItem item) =>
        item.Kind == JsonValueKind.String ? item.Context.Limits.CheckLabelValue(item.Text.Length)?.Detail : null;

    private static string Excerpt(ReadOnlySpan<byte> utf8) => Push.Excerpt.Of(utf8, MaxExcerptBytes);

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
