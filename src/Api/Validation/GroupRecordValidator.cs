using System.Text;
using System.Text.Json;
using FluentValidation;
using PushGateway.Formats.Json;
using PushGateway.Push;

namespace PushGateway.Api.Validation;

/// <summary>What a record that names its group must be, beside what every record must.</summary>
/// <remarks>Part of <see cref="RecordValidator"/>, whose remarks hold here, too.</remarks>
internal sealed class GroupRecordValidator : AbstractValidator<RecordDocument>
{
    public GroupRecordValidator()
    {
        RuleFor(record => record.TimestampKey)
            .Must((record, timestamp) => timestamp is null || record.Context.Limits.AllowTimestamps)
            .WithErrorCode(RejectCode.TimestampNotAllowed)
            .WithState((_, timestamp) => RecordErrors.TimestampNotAllowed(timestamp!.Pointer));

        RuleFor(record => record.GroupKey)
            .NotNull()
            .WithErrorCode(RejectCode.GroupMissing)
            .WithState(record => RecordErrors.GroupMissing(record.Pointer));

        RuleFor(record => record.GroupKey)
            .Must(group => group is null || group.Value.ValueKind == JsonValueKind.Object)
            .WithErrorCode(RejectCode.GroupInvalid)
            .WithState((_, group) => RecordErrors.GroupInvalid(group!.Pointer, group.Value.ValueKind));

        RuleFor(record => record.GroupKey)
            .Must((record, group) => group?.Value.ValueKind != JsonValueKind.Object || record.Group.Any(IsJob))
            .WithErrorCode(RejectCode.GroupInvalid)
            .WithState((_, group) => RecordErrors.GroupWithoutJob(group!.Pointer));

        LabelNameRules();
        LabelValueRules();

        RuleForEach(record => record.Dimensions)
            .Must(dimension => !dimension.LegalName.AsSpan().StartsWith("__"u8) || "__name__"u8.SequenceEqual(dimension.LegalName))
            .WithErrorCode(RejectCode.LabelNotAllowed)
            .WithState((_, dimension) => RecordErrors.LabelReserved(dimension.Pointer, dimension.Name));

        RuleFor(record => record)
            .Must(record => CheckLabelCount(record) is null)
            .WithErrorCode(RejectCode.TooManyLabels)
            .WithState(CheckLabelCount);
    }

    private void LabelNameRules()
    {
        RuleForEach(record => record.Group)
            .Must(label => label.Name is not null && !label.IsBroken)
            .WithErrorCode(RejectCode.StringInvalid)
            .WithState((_, label) => RecordErrors.StringInvalid(label.Pointer));

        RuleForEach(record => record.Group)
            .Must((record, label) => CheckName(record, label) is null)
            .WithErrorCode(RejectCode.NameTooLong)
            .WithState(CheckName);

        RuleForEach(record => record.Group)
            .Must(label => label.Name is null || GroupingKeyParser.IsLabelName(Encoding.UTF8.GetString(label.Name)))
            .WithErrorCode(RejectCode.GroupInvalid)
            .WithState((_, label) => RecordErrors.GroupLabelName(label.Pointer, label.Name));

        RuleForEach(record => record.Group)
            .Must(label => !label.Repeats)
            .WithErrorCode(RejectCode.GroupInvalid)
            .WithState((_, label) => RecordErrors.GroupLabelTwice(label.Pointer, label.Name));
    }

    private void LabelValueRules()
    {
        RuleForEach(record => record.Group)
            .Must(label => label.Value.ValueKind == JsonValueKind.String)
            .WithErrorCode(RejectCode.GroupInvalid)
            .WithState((_, label) => RecordErrors.GroupLabelNotString(label.Pointer, label.Name, label.Value.ValueKind));

        RuleForEach(record => record.Group)
            .Must(label => label.Text is not [])
            .WithErrorCode(RejectCode.GroupInvalid)
            .WithState((_, label) => RecordErrors.GroupLabelEmpty(label.Pointer, label.Name));

        RuleForEach(record => record.Group)
            .Must((record, label) => CheckValue(record, label) is null)
            .WithErrorCode(RejectCode.LabelValueTooLong)
            .WithState(CheckValue);
    }

    private static bool IsJob(RecordMember label) => "job"u8.SequenceEqual(label.Name);

    private static PushError? CheckName(RecordDocument record, RecordMember label) =>
        record.Context.Limits.CheckLabelName(label.Name?.Length ?? 0) is { } error ? error with { Pointer = label.Pointer } : null;

    private static PushError? CheckValue(RecordDocument record, RecordMember label) =>
        label.Value.ValueKind == JsonValueKind.String && record.Context.Limits.CheckLabelValue(label.Text?.Length ?? 0) is { } error
            ? error with { Pointer = label.Pointer }
            : null;

    private static PushError? CheckLabelCount(RecordDocument record) =>
        record.Context.Limits.CheckLabelCount(record.SeriesLabels().Count + 1) is { } error ? error with { Pointer = record.Pointer } : null;
}
