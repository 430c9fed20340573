using FluentValidation;
using PushGateway.Formats.Json;
using PushGateway.Push;

namespace PushGateway.Api.Validation;

/// <summary>Judges a record by all rules of <see cref="RecordRules"/>.</summary>
/// <remarks>
/// The state of a failure is its <see cref="PushError"/>. Its message is not used: FluentValidation would replace placeholders in the sender's
/// text.
/// </remarks>
internal sealed class RecordValidator : AbstractValidator<RecordDocument>
{
    public RecordValidator()
    {
        foreach (var rule in RecordRules.All)
        {
            RuleForEach(record => record.Members)
                .Where(member => member.Parts.HasFlag(rule.Part))
                .Must((_, member) => rule.Check(member.Item) is null)
                .WithErrorCode(rule.Code)
                .WithState((_, member) => rule.Check(member.Item));
        }
    }
}
