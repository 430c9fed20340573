using System.Text.Json;
using FluentValidation;
using PushGateway.Formats.Json;
using PushGateway.Push;

namespace PushGateway.Api.Validation;

/// <summary>
/// What a record must be, one rule for each requirement. The failures' state is the <see cref="PushError"/>; their messages are not
/// used, because they would be formatted once more with the sender's text in them.
/// </summary>
/// <remarks>Says of every record what <see cref="JsonRecordParser"/> does; a property test holds them together.</remarks>
internal sealed class RecordValidator : AbstractValidator<RecordDocument>
{
    public RecordValidator()
    {
        RuleFor(record => record.Element)
            .Must(record => record.ValueKind == JsonValueKind.Object)
            .WithErrorCode(RejectCode.RecordNotObject)
            .WithState((record, element) => RecordErrors.NotObject(record.Pointer, element.ValueKind));

        When(record => record.Element.ValueKind == JsonValueKind.Object, () =>
        {
            KeyRules();
            TimestampRules();
            DimensionRules();
            MetricRules();
        });

        When(record => record.ToGroups && record.Element.ValueKind == JsonValueKind.Object, () => Include(new GroupRecordValidator()));
    }

    private void KeyRules()
    {
        RuleForEach(record => record.Keys)
            .Must(key => key.Name is not null)
            .WithErrorCode(RejectCode.StringInvalid)
            .WithState((_, key) => RecordErrors.StringInvalid(key.Pointer));

        RuleForEach(record => record.Keys)
            .Must((record, key) => key.Name is null || IsKnown(record, key.Name))
            .WithErrorCode(RejectCode.UnknownKey)
            .WithState((record, key) => RecordErrors.UnknownKey(key.Pointer, key.Name, record.ToGroups));

        RuleForEach(record => record.Keys)
            .Must((record, key) => !key.Repeats || !IsKnown(record, key.Name))
            .WithErrorCode(RejectCode.DuplicateKey)
            .WithState((_, key) => RecordErrors.DuplicateKey(key.Pointer, key.Name));
    }

    private void TimestampRules() => When(record => record.TimestampKey is not null && MayHaveTimestamp(record), () =>
    {
        RuleFor(record => record.TimestampKey!)
            .Must(timestamp => TryGetTimestamp(timestamp, out _))
            .WithErrorCode(RejectCode.TimestampInvalid)
            .WithState(record => RecordErrors.TimestampInvalid(record.TimestampKey!.Pointer));

        RuleFor(record => record.TimestampKey!)
            .Must((record, _) => CheckTimestamp(record) is not { Code: RejectCode.TimestampInFuture })
            .WithErrorCode(RejectCode.TimestampInFuture)
            .WithState(CheckTimestamp);

        RuleFor(record => record.TimestampKey!)
            .Must((record, _) => CheckTimestamp(record) is not { Code: RejectCode.TimestampTooOld })
            .WithErrorCode(RejectCode.TimestampTooOld)
            .WithState(CheckTimestamp);
    });

    private void DimensionRules()
    {
        RuleFor(record => record.DimensionsKey)
            .Must((record, key) => key is not null || record.ToGroups)
            .WithErrorCode(RejectCode.DimensionsMissing)
            .WithState(record => RecordErrors.DimensionsMissing(record.Pointer));

        RuleFor(record => record.DimensionsKey)
            .Must((record, key) => key is null || record.Dimensions.Count > 0)
            .WithErrorCode(RejectCode.DimensionsInvalid)
            .WithState((_, key) => RecordErrors.DimensionsInvalid(key!.Pointer, key.Value.ValueKind));

        RuleFor(record => record.Dimensions)
            .Must((record, _) => CheckDimensionCount(record) is null)
            .WithErrorCode(RejectCode.TooManyLabels)
            .WithState(CheckDimensionCount);

        RuleForEach(record => record.Dimensions)
            .Must(dimension => dimension.Name is not null && !dimension.IsBroken)
            .WithErrorCode(RejectCode.StringInvalid)
            .WithState((_, dimension) => RecordErrors.StringInvalid(dimension.Pointer));

        RuleForEach(record => record.Dimensions)
            .Must(dimension => dimension.Name is not [])
            .WithErrorCode(RejectCode.NameEmpty)
            .WithState((_, dimension) => RecordErrors.NameEmpty(dimension.Pointer));

        RuleForEach(record => record.Dimensions)
            .Must((record, dimension) => CheckDimensionName(record, dimension) is null)
            .WithErrorCode(RejectCode.NameTooLong)
            .WithState(CheckDimensionName);

        RuleForEach(record => record.Dimensions)
            .Must(dimension => !"__name__"u8.SequenceEqual(dimension.LegalName))
            .WithErrorCode(RejectCode.NameReserved)
            .WithState((_, dimension) => RecordErrors.NameReserved(dimension.Pointer, dimension.Name));

        RuleForEach(record => record.Dimensions)
            .Must(dimension => !dimension.IsNamed || !dimension.Repeats)
            .WithErrorCode(RejectCode.NameCollision)
            .WithState((_, dimension) => RecordErrors.NameCollision(dimension.Pointer, dimension.Name, dimension.LegalName));

        RuleForEach(record => record.Dimensions)
            .Must(dimension => dimension.Value.ValueKind == JsonValueKind.String)
            .WithErrorCode(RejectCode.DimensionNotString)
            .WithState((_, dimension) => RecordErrors.DimensionNotString(dimension.Pointer, dimension.Name, dimension.Value.ValueKind));

        RuleForEach(record => record.Dimensions)
            .Must((record, dimension) => CheckDimensionValue(record, dimension) is null)
            .WithErrorCode(RejectCode.LabelValueTooLong)
            .WithState(CheckDimensionValue);
    }

    private void MetricRules()
    {
        RuleFor(record => record.MetricsKey)
            .NotNull()
            .WithErrorCode(RejectCode.MetricsMissing)
            .WithState(record => RecordErrors.MetricsMissing(record.Pointer));

        RuleFor(record => record.MetricsKey)
            .Must((record, key) => key is null || record.Metrics.Count > 0)
            .WithErrorCode(RejectCode.MetricsInvalid)
            .WithState((_, key) => RecordErrors.MetricsInvalid(key!.Pointer, key.Value.ValueKind));

        RuleForEach(record => record.Metrics)
            .Must(metric => metric.Name is not null && !metric.IsBroken)
            .WithErrorCode(RejectCode.StringInvalid)
            .WithState((_, metric) => RecordErrors.StringInvalid(metric.Pointer));

        RuleForEach(record => record.Metrics)
            .Must(metric => metric.Name is not [])
            .WithErrorCode(RejectCode.NameEmpty)
            .WithState((_, metric) => RecordErrors.NameEmpty(metric.Pointer));

        RuleForEach(record => record.Metrics)
            .Must((record, metric) => CheckMetricName(record, metric) is null)
            .WithErrorCode(RejectCode.NameTooLong)
            .WithState(CheckMetricName);

        RuleForEach(record => record.Metrics)
            .Must(metric => !metric.IsNamed || !metric.Repeats)
            .WithErrorCode(RejectCode.NameCollision)
            .WithState((_, metric) => RecordErrors.NameCollision(metric.Pointer, metric.Name, metric.LegalName));

        RuleForEach(record => record.Metrics)
            .Must(metric => metric.IsBroken || Judge(metric) != MetricNumberStatus.Malformed)
            .WithErrorCode(RejectCode.MetricNotNumber)
            .WithState((_, metric) => metric.Text is { } text
                ? RecordErrors.MetricNotNumber(metric.Pointer, metric.Name, text)
                : RecordErrors.MetricNotNumber(metric.Pointer, metric.Name, metric.Value.ValueKind));

        RuleForEach(record => record.Metrics)
            .Must(metric => Judge(metric) != MetricNumberStatus.OutOfRange)
            .WithErrorCode(RejectCode.MetricOutOfRange)
            .WithState((_, metric) => RecordErrors.MetricOutOfRange(metric.Pointer, metric.Name, metric.Text));
    }

    private static bool IsKnown(RecordDocument record, ReadOnlySpan<byte> key) =>
        key.SequenceEqual("dimensions"u8) || key.SequenceEqual("metrics"u8) || key.SequenceEqual("timestamp"u8)
        || (record.ToGroups && key.SequenceEqual("group"u8));

    private static bool MayHaveTimestamp(RecordDocument record) => !record.ToGroups || record.Context.Limits.AllowTimestamps;

    private static bool TryGetTimestamp(RecordMember timestamp, out long milliseconds)
    {
        milliseconds = 0;
        return timestamp.Value.ValueKind == JsonValueKind.Number && timestamp.Value.TryGetInt64(out milliseconds);
    }

    private static MetricNumberStatus Judge(RecordMember metric) =>
        metric.Text is { } text ? MetricNumber.Parse(text, out _, out _) : MetricNumberStatus.Malformed;

    private static PushError? CheckTimestamp(RecordDocument record) => TryGetTimestamp(record.TimestampKey!, out var milliseconds)
        ? Locate(record.Context.Limits.CheckTimestamp(milliseconds, record.Context.ReceivedMs), record.TimestampKey!)
        : null;

    // __name__ is a label beside the dimensions. Without a dimension, there is another error to report.
    private static PushError? CheckDimensionCount(RecordDocument record) => record.Dimensions.Count > 0
        ? Locate(record.Context.Limits.CheckLabelCount(record.Dimensions.Count + 1), record.DimensionsKey!)
        : null;

    private static PushError? CheckDimensionName(RecordDocument record, RecordMember dimension) =>
        Locate(record.Context.Limits.CheckLabelName(dimension.LegalName?.Length ?? 0), dimension);

    private static PushError? CheckDimensionValue(RecordDocument record, RecordMember dimension) =>
        Locate(record.Context.Limits.CheckLabelValue(IsString(dimension) ? dimension.Text?.Length ?? 0 : 0), dimension);

    private static PushError? CheckMetricName(RecordDocument record, RecordMember metric) =>
        Locate(record.Context.Limits.CheckMetricName(metric.LegalName?.Length ?? 0), metric);

    private static bool IsString(RecordMember member) => member.Value.ValueKind == JsonValueKind.String;

    private static PushError? Locate(PushError? error, RecordMember member) => error is null ? null : error with { Pointer = member.Pointer };
}
