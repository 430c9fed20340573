using FluentValidation;
using PushGateway.Formats.Json;
using PushGateway.Push;

namespace PushGateway.Api.Validation;

/// <summary>
/// The rules of <see cref="RecordRules"/>, each by itself. The failures' state is the <see cref="PushError"/>; their messages are not
/// used, because they would be formatted once more with the sender's text in them.
/// </summary>
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
